import type { NewEvent } from "../../core/events/envelope.ts";
import type { RunEvent } from "../../core/events/run-events.ts";
import { planExecuteVerify } from "../../pipelines/plan-execute-verify.ts";

/** An event before it is in the log, said by a test. */
export function newEvent(event: RunEvent, place: Partial<Omit<NewEvent, "event">> = {}): NewEvent {
  return {
    actor: "test",
    causationId: null,
    taskKey: null,
    attemptId: null,
    effectId: null,
    ...place,
    event,
  };
}

export function runStarted(goal = "a goal"): NewEvent {
  return newEvent({
    type: "run.started",
    payload: {
      goal,
      repository: { id: "r", path: "/repository" },
      baseCommit: "b".repeat(40),
      branch: "portcullis/x",
      pipeline: planExecuteVerify,
      config: { setup: null, commands: { test: "true" }, protected: [] },
      codex: { name: "codex", version: "0", server: "mcp-server", path: "/c", reason: "a test" },
      model: null,
      lead: "rules",
      leftOut: [],
    },
  });
}

export function stageStarted(stage: string): NewEvent {
  return newEvent({ type: "stage.started", payload: { stage } });
}

export function runPassed(): NewEvent {
  return newEvent({ type: "run.finished", payload: { status: "passed", reason: null } });
}

export function runResumed(): NewEvent {
  const nothing = { codex: null, model: null, codexConfig: [], accepted: [], pipeline: null };
  return newEvent({ type: "run.resumed", payload: { ...nothing, baseRef: null, prompts: [] } });
}
