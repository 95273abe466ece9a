import { expect, test } from "vitest";
import { canonicalJson, sha256 } from "../../core/digest.ts";
import { chainHash, genesisHash, type EventEnvelope } from "../../core/events/envelope.ts";
import { verifyChain } from "../../core/events/verify-chain.ts";
import { upcastEvent } from "../../db/upcast-event.ts";

const pipeline = {
  name: "p",
  stages: [{ name: "verify", kind: "agent", role: "verifier", gates: [{ kind: "commands", which: "all" }] }],
  limits: {
    attempts: 1,
    repairTurns: 0,
    reopenings: 0,
    turns: 1,
    turnTimeoutMs: 1000,
    commandTimeoutMs: 1000,
    setupTimeoutMs: 1000,
  },
  maxParallel: 1,
};
const started = {
  goal: "g",
  repository: { id: "r", path: "/r" },
  baseCommit: "b",
  branch: "x",
  pipeline,
  config: { setup: null, commands: { test: "true" }, protected: [] },
  codex: { name: "codex", version: "0", server: "s", path: "/c", reason: "" },
  model: null,
  lead: "rules",
  leftOut: [],
};
const judgement = {
  name: "command:test",
  verdict: "passed",
  command: "true",
  exitCode: 0,
  durationMs: 1,
  commit: "c",
  tree: "t",
  findings: [],
  evidence: null,
};

function stored(sequence: number, type: string, payload: object, previousHash: string) {
  const text = canonicalJson(payload);
  const place = { taskKey: null, attemptId: null, effectId: null, causationId: null };
  const about = { id: `e${sequence}`, runId: "r", sequence, version: 1, time: "t", actor: "a" };
  return { ...about, ...place, type, payload: text, payloadDigest: sha256(text), previousHash };
}

test("given events of before counts, runs and network were known, when they are read, then they are as they were stored, and the chain holds", () => {
  const first = stored(1, "run.started", started, genesisHash);
  const second = stored(2, "gate.judged", { judgement }, chainHash(first));
  const read: EventEnvelope[] = [first, second].map(upcastEvent);
  expect(read.map(({ event }) => event.payload)).toEqual([started, { judgement }]);
  expect(verifyChain(read)).toBeNull();
});
