import { describe, expect, it } from "vitest";
import { portcullis } from "../support/cli.ts";
import { makeRepository } from "../support/git-repository.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { nodeFiles } from "./cases/node-repository.ts";
import { sourceCheats } from "./cases/node-source.ts";
import { testCheats } from "./cases/node-tests.ts";
import { toolCheats } from "./cases/node-tools.ts";
import type { Cheat } from "./cheat.ts";
import { commitEdit } from "./commit-edit.ts";

const byName = (name: string): Cheat => {
  const found = [...testCheats, ...toolCheats, ...sourceCheats].find((one) => one.name === name);
  if (found === undefined) throw new Error(`no cheat is called '${name}'`);
  return found;
};

describe("the same through the command line", () => {
  it.each([
    ["expects what the code does", 1, /gate protection {2}failed/],
    ["prints that all tests passed", 1, /gate command:test {2}failed/],
    ["puts a submodule in the place of the tests", 2, /without submodules/],
  ])(
    "given one that %s, then check ends with %i, and for its honest twin with 0",
    async (name, code, says) => {
      const one = byName(name);
      const { root, commit } = makeRepository({ ...nodeFiles, ...one.base });
      const state = scratchDirectory("state");
      const check = (candidate: string) =>
        portcullis(["check", "--repo", root, "--commit", candidate, "--state-dir", state]);
      const cheat = await check(commitEdit(root, commit, one.cheat));
      expect(cheat.exitCode).toBe(code);
      expect(cheat.stdout + cheat.stderr).toMatch(says);
      expect((await check(commitEdit(root, commit, one.twin))).exitCode).toBe(0);
    },
  );
});
