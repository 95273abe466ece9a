import { cargo } from "./cases/cargo.ts";
import { integritySuite } from "./integrity-suite.ts";

integritySuite(cargo);
