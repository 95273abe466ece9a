import { describe } from "vitest";
import { hasProgram } from "../support/toolchain.ts";
import { cargo } from "./cases/cargo.ts";
import { integritySuite } from "./integrity-suite.ts";

describe.runIf(hasProgram("cargo"))("where cargo is", () => {
  integritySuite(cargo);
});
