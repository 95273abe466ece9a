import type { Ecosystem } from "../cheat.ts";
import { nodeFiles } from "./node-repository.ts";
import { nodeOutOfReach, sourceCheats } from "./node-source.ts";
import { testCheats } from "./node-tests.ts";
import { toolCheats } from "./node-tools.ts";

export const nodeTest: Ecosystem = {
  name: "node:test",
  base: nodeFiles,
  cheats: [...testCheats, ...toolCheats, ...sourceCheats],
  outOfReach: nodeOutOfReach,
};
