import { describe, expect, it } from "vitest";
import { initialState } from "../../../orchestrator/initial-state.ts";
import { useOfTree } from "../../../orchestrator/leftovers/judge-work-tree.ts";
import { isInUse } from "../../../orchestrator/leftovers/living.ts";
import { runOfName } from "../../../orchestrator/leftovers/run-of-name.ts";
import { checkoutId } from "../../../orchestrator/perform/names.ts";
import type { AttemptState, RunState } from "../../../orchestrator/state.ts";

const runId = "01kaxw3zj2q6m7e8r9t0abcdef";

function stateWith(status: RunState["status"], isSaved: boolean): RunState {
  const candidate = isSaved ? { commit: "c", tree: "t", changes: [] } : null;
  const attempt = { id: "execute/work#1", checkoutId: null, candidate } as Partial<AttemptState>;
  const task = { key: "execute/work", attempts: [attempt as AttemptState] };
  return { ...initialState(runId), status, tasks: new Map([[task.key, task as never]]) };
}

const tree = checkoutId(runId, "execute/work#1");

describe("given a work tree of a run that nobody works on", () => {
  it.each([
    ["running", false, "needed"],
    ["interrupted", false, "needed"],
    ["paused", true, "standing"],
    ["failed", true, "saved"],
    ["errored", false, "needed"],
  ] as const)("when the run is %s and a commit has it: %s, then it is '%s'", (status, isSaved, use) => {
    expect(useOfTree(tree, stateWith(status, isSaved))).toBe(use);
  });

  it("when no attempt has it, then it was made for a while", () => {
    expect(useOfTree(checkoutId(runId, "gate-execute/work#1:test"), stateWith("running", false))).toBe(
      "passing",
    );
  });
});

it.each([
  [runId, runId],
  [`${runId}-execute-work-1`, runId],
  ["environment-0123456789abcdef0123456789abcdef-4b1f", null],
  ["0123456789abcdef0123456789abcdef.4b1f", null],
  ["probe-abc", null],
])("given the name %s, then its run is %s", (name, run) => {
  expect(runOfName(name)).toBe(run);
});

const made = { path: "/x", inode: 1, changedAt: 10_000 };

it.each([
  ["of a run that lives", { ...made, runId }, { runs: new Set([runId]), since: 1e9 }, true],
  [
    "of a run that does not, whoever else lives",
    { ...made, runId },
    { runs: new Set<string>(), since: 0 },
    false,
  ],
  [
    "of no run, younger than one who lives",
    { ...made, runId: null },
    { runs: new Set<string>(), since: 9000 },
    true,
  ],
  [
    "of no run, older than all who live",
    { ...made, runId: null },
    { runs: new Set<string>(), since: 12_000 },
    false,
  ],
  [
    "of no run, where nobody lives",
    { ...made, runId: null },
    { runs: new Set<string>(), since: Infinity },
    false,
  ],
])("given something %s, then it is in use or not", (_what, something, living, used) => {
  expect(isInUse(something, living)).toBe(used);
});
