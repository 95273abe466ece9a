import { it } from "vitest";
import { hasProgram } from "../support/toolchain.ts";
import { cargo } from "./cases/cargo.ts";
import { integritySuite } from "./integrity-suite.ts";

if (hasProgram("cargo")) integritySuite(cargo);
else it.skip("cargo is not on this machine: its cheats and their twins are not tried");
