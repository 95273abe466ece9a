import type { Ecosystem } from "../cheat.ts";
import { pythonCheats } from "./python-cheats.ts";
import { pythonFiles, wrongTotal } from "./python-repository.ts";

export const pythonUnittest: Ecosystem = {
  name: "unittest",
  base: pythonFiles,
  cheats: pythonCheats,
  outOfReach: [
    {
      name: "the source takes the assertions' teeth",
      cheat: {
        write: {
          "calc/total.py": `import unittest\nunittest.TestCase.assertEqual = lambda *_: None\n${wrongTotal}`,
        },
      },
      why: "the code under test runs in the process of the assertions; whoever reads the change sees it, no exit code does",
    },
  ],
};
