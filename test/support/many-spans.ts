import type { EventEnvelope } from "../../core/events/envelope.ts";
import type { NewEvent } from "../../core/events/envelope.ts";
import { newEvent, runPassed, runStarted, stageStarted } from "./new-events.ts";

/** A log of a run with so many stages that ended; a second and a bit lies between any two events. */
export function manySpans(stages: number): EventEnvelope[] {
  const events = [runStarted()];
  for (let number = 1; number <= stages; number += 1) {
    const stage = `stage-${number}`;
    events.push(stageStarted(stage));
    events.push(newEvent({ type: "stage.finished", payload: { stage, status: "passed" } }));
  }
  return [...events, runPassed()].map(inLog);
}

function inLog(event: NewEvent, index: number): EventEnvelope {
  return {
    ...event,
    id: `e${index + 1}`,
    runId: "r",
    sequence: index + 1,
    version: 1,
    time: new Date(Date.UTC(2026, 0, 1) + index * 1700).toISOString(),
    payloadDigest: "",
    previousHash: "",
  };
}
