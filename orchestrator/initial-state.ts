import { noUsage } from "../core/usage.ts";
import type { RunState } from "./state.ts";

export function initialState(runId: string): RunState {
  return {
    id: runId,
    sequence: 0,
    lastEventId: null,
    facts: null,
    status: "pending",
    reason: null,
    startedAt: null,
    finishedAt: null,
    environment: null,
    stages: [],
    baseRuns: [],
    tasks: new Map(),
    inFlight: new Map(),
    intended: new Map(),
    head: "",
    chosen: null,
    reopenings: 0,
    resumptions: 0,
    published: false,
    usage: noUsage,
    turns: 0,
    failure: null,
  };
}
