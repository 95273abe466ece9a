import { attemptId, taskKey } from "../core/ids.ts";
import type { Move } from "../core/move.ts";
import type { Reason } from "../core/status.ts";
import { parsePacket } from "../handoffs/parse-packet.ts";
import { record, type Decision } from "./decision.ts";
import { currentAttempt, fanOutBefore, tasksOf } from "./moves.ts";
import { stageWrites } from "./stage-role.ts";
import type { AttemptState, RunState, StageState, TaskState } from "./state.ts";

/** The facts that follow from the lead's move. Null where the move fits nothing (any more). */
export function carryOutMove(state: RunState, move: Move): Decision | null {
  const task = state.tasks.get(move.taskKey);
  const stage = state.stages.find((candidate) => candidate.name === task?.stage);
  if (task === undefined || stage === undefined) return null;
  switch (move.kind) {
    case "dispatch":
    case "retry":
      return startAttempt(state, stage, task);
    case "reopen":
      return reopenTasks(state, stage, task);
    case "give-up":
      return giveUp(state, stage, task);
  }
}

function startAttempt(state: RunState, stage: StageState, task: TaskState): Decision {
  const number = task.attempts.length + 1;
  const payload = { taskKey: task.key, number, ...startOf(state, stage, task), findings: [...task.findings] };
  return record({
    event: { type: "attempt.started", payload },
    taskKey: task.key,
    attemptId: attemptId(task.key, number),
  });
}

interface Start {
  base: string;
  from: string;
  parent?: string;
}

function startOf(state: RunState, stage: StageState, task: TaskState): Start {
  if (!stageWrites(stage)) {
    const judged = stage.spec.kind === "check" ? (state.facts?.candidate ?? null) : null;
    return { base: state.facts?.baseCommit ?? state.head, from: judged ?? state.head };
  }
  const base = state.head;
  const last = currentAttempt(task);
  return last?.base === base ? { base, ...goOnFrom(last, base) } : { base, from: base };
}

/** What the next attempt starts from: the work of the last one, where it is worth keeping. */
function goOnFrom(attempt: AttemptState, base: string): { from: string; parent?: string } {
  if (attempt.candidate !== null) return { from: isWorthKeeping(attempt) ? attempt.candidate.commit : base };
  // One that broke down did no harm to what it started from.
  return { from: attempt.salvaged?.commit ?? attempt.from, parent: attempt.parent };
}

/** Work that broke a boundary is set aside: its worker cannot take back changes to what it must not touch. */
function isWorthKeeping(attempt: AttemptState): boolean {
  const boundaries = attempt.gates.filter(({ judgement }) =>
    ["scope", "protection"].includes(judgement.name),
  );
  return attempt.candidate !== null && boundaries.every(({ judgement }) => judgement.verdict === "passed");
}

function reopenTasks(state: RunState, stage: StageState, task: TaskState): Decision | null {
  const fanOut = fanOutBefore(state, stage);
  if (fanOut === undefined) return null;
  const all = tasksOf(state, fanOut).map((candidate) => candidate.key);
  const named = concerned(currentAttempt(task)).map((id) => taskKey(fanOut.name, id));
  const keys = all.filter((key) => named.includes(key));
  return record({
    event: {
      type: "tasks.reopened",
      payload: { taskKeys: keys.length > 0 ? keys : all, findings: [...task.findings] },
    },
  });
}

/** The tasks that a rejection names: a reviewer's, or the verifier's own. Remarks of one that accepts name none. */
function concerned(attempt: AttemptState | undefined): readonly string[] {
  const gates = attempt?.gates.map(({ judgement }) => judgement) ?? [];
  const reviewed = gates.flatMap(({ verdict, taskIds }) => (verdict === "failed" ? (taskIds ?? []) : []));
  if (reviewed.length > 0) return reviewed;
  const parsed = parsePacket("review", attempt?.turns.at(-1)?.answer ?? null);
  if (!parsed.ok || parsed.packet.verdict === "accept") return [];
  return parsed.packet.findings.flatMap(({ taskId }) => taskId ?? []);
}

function giveUp(state: RunState, stage: StageState, task: TaskState): Decision {
  const attempt = currentAttempt(task);
  const status = attempt?.status === "errored" ? "errored" : "failed";
  const reason = reasonFor(state, stage, task, attempt);
  return record(
    { event: { type: "task.finished", payload: { taskKey: task.key, status } }, taskKey: task.key },
    { event: { type: "stage.finished", payload: { stage: stage.name, status } } },
    { event: { type: "run.finished", payload: { status, reason } } },
  );
}

function reasonFor(state: RunState, stage: StageState, task: TaskState, attempt?: AttemptState): Reason {
  const failure = attempt?.failure ?? attempt?.turns.at(-1)?.failure ?? null;
  if (failure !== null) {
    return { code: failure.code, message: `${task.key}: ${failure.message}`, remedy: failure.remedy };
  }
  const told = task.findings[0];
  const gates = [...new Set(task.findings.map(({ gate }) => gate))].join(", ");
  const tries = task.attempts.length - task.openedAt;
  return {
    code: stage.spec.role === "verifier" ? "verification.refused" : "gates.refused",
    message:
      `${task.key} did not pass ${gates || "its gates"} in ${tries} attempt${tries === 1 ? "" : "s"}` +
      (told === undefined ? "" : `: ${firstLine(told.message)}`),
    remedy: `look at the evidence: portcullis gates ${state.id}`,
  };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.slice(0, 300) ?? "";
}
