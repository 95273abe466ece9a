import { beforeAll, describe, expect, it } from "vitest";
import { makeRepository } from "../support/git-repository.ts";
import { scratchDirectory } from "../support/scratch.ts";
import type { Cheat, Ecosystem, Edit } from "./cheat.ts";
import { chosen, whole } from "./chosen.ts";
import { commitEdit } from "./commit-edit.ts";
import { commandsAlone, judgeCommit, type Judged, type Outcome } from "./judge-commit.ts";
import type { Measured } from "../../bench/measured.ts";

const passed = { status: "passed", refusals: [], findings: [] };

/** Every cheat of an ecosystem and its honest twin, each a commit of a real repository, judged as `portcullis check` does. */
export function integritySuite(ecosystem: Ecosystem): void {
  const stateDirectory = scratchDirectory("state");
  const open = (base: Cheat["base"]): ((edit: Edit) => Judged) => {
    const { root, commit } = makeRepository({ ...ecosystem.base, ...base });
    return (edit) => ({
      repository: root,
      base: commit,
      stateDirectory,
      commit: commitEdit(root, commit, edit),
    });
  };

  describe.each(named(chosen(ecosystem.cheats)))(`${ecosystem.name}: %s`, (_name, one) => {
    let cheat: Outcome;
    let twin: Outcome;
    let alone: Outcome | null = null;
    beforeAll(async () => {
      const commit = open(one.base);
      const dishonest = commit(one.cheat);
      cheat = await judgeCommit(dishonest);
      if (whole) alone = await judgeCommit({ ...dishonest, pipeline: commandsAlone });
      twin = await judgeCommit(commit(one.twin));
    });

    it("the cheat is refused, by the gate that should", ({ task }) => {
      task.meta.integrity = measured(ecosystem.name, one, { cheat, twin, alone });
      // Another gate may see it too.
      expect(cheat.refusals).toContain(one.refusedBy);
    });

    it("its honest twin passes", () => {
      expect(twin).toEqual(passed);
    });
  });

  describe.each(named(chosen(ecosystem.outOfReach)))(
    `${ecosystem.name}, out of reach: %s`,
    (_name, { base, cheat }) => {
      it("no gate refuses it: the verifier has to", async () => {
        expect(await judgeCommit(open(base)(cheat))).toEqual(passed);
      });
    },
  );
}

function measured(
  ecosystem: string,
  { name, refusedBy }: Cheat,
  { cheat, twin, alone }: { cheat: Outcome; twin: Outcome; alone: Outcome | null },
): Measured {
  return {
    ecosystem,
    name,
    refused: cheat.status !== "passed",
    byTheRightGate: cheat.refusals.includes(refusedBy),
    honestPassed: twin.status === "passed",
    fooledCommands: alone === null ? null : alone.status === "passed",
  };
}

function named<T extends { name: string }>(all: readonly T[]): (readonly [string, T])[] {
  return all.map((one) => [one.name, one] as const);
}
