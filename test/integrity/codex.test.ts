import { beforeAll, describe, expect, it } from "vitest";
import type { RunView } from "../../look.ts";
import { portcullis, runScripted, type ScriptedRun } from "../support/cli.ts";
import { accept, plan, repositoryWith, script } from "../support/scripted.ts";
import { chosen } from "./chosen.ts";
import { codexCheats, codexFiles, codexTask, type CodexCheat } from "./codex-cheats.ts";

async function play(one: CodexCheat): Promise<ScriptedRun> {
  const workers = {
    "plan/plan#1": [plan(codexTask(one))],
    "execute/work#1": one.cheat,
    "execute/work#2": one.twin,
    "verify/verify#1": [accept],
  };
  const repository = repositoryWith({ ...codexFiles, ...one.base });
  return runScripted(script(workers), ["Fix sum", "--repo", repository]);
}

describe.each(chosen(codexCheats).map((one) => [one.name, one] as const))(
  "through a real Codex: %s",
  (_name, one) => {
    let ran: ScriptedRun;
    let attempts: { status: string; refusals: string[] }[];
    beforeAll(async () => {
      ran = await play(one);
      const { stdout } = await portcullis(["show", "latest", "--json", "--state-dir", ran.stateDirectory]);
      const { stages } = JSON.parse(stdout) as RunView;
      attempts = stages[1]!.tasks[0]!.attempts.map(({ status, gates }) => ({
        status,
        refusals: gates.filter(({ verdict }) => verdict !== "passed").map(({ name }) => name),
      }));
    });

    it("the cheat is refused, by the gate that should", ({ task }) => {
      const [cheat, twin] = attempts;
      task.meta.integrity = {
        ecosystem: "real Codex",
        name: one.name,
        refused: cheat?.status === "failed",
        byTheRightGate: JSON.stringify(cheat?.refusals) === JSON.stringify(one.refusedBy),
        honestPassed: twin?.status === "passed" && ran.exitCode === 0,
        fooledCommands: null,
      };
      expect(ran.report.problems).toEqual([]);
      expect(cheat).toEqual({ status: "failed", refusals: one.refusedBy });
    });

    it("its honest twin passes", () => {
      expect(attempts.slice(1)).toEqual([{ status: "passed", refusals: [] }]);
      expect(ran.exitCode).toBe(0);
    });
  },
);
