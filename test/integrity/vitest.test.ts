import { vitestRepository } from "./cases/vitest.ts";
import { integritySuite } from "./integrity-suite.ts";

integritySuite(vitestRepository);
