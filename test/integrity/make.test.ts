import { makeAndShell } from "./cases/make.ts";
import { integritySuite } from "./integrity-suite.ts";

integritySuite(makeAndShell);
