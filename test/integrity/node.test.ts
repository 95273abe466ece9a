import { nodeTest } from "./cases/node.ts";
import { integritySuite } from "./integrity-suite.ts";

integritySuite(nodeTest);
