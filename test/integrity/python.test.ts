import { pythonUnittest } from "./cases/python.ts";
import { integritySuite } from "./integrity-suite.ts";

integritySuite(pythonUnittest);
