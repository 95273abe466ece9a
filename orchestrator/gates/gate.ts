import type { EffectOf } from "../../core/effect.ts";
import type { Finding } from "../../core/finding.ts";
import type { GateSpec } from "../../core/pipeline.ts";
import type { TestCounts } from "../../core/test-counts.ts";
import type { Usage } from "../../core/usage.ts";
import type { GateRun, Verdict } from "../../core/verdict.ts";
import type { Target } from "../perform/run-facts.ts";
import type { Surroundings } from "../surroundings.ts";

export interface GateCase extends Target {
  /** The verdict's name, e.g. `scope` or `command:test`. */
  name: string;
  effect: EffectOf<"judge">;
  world: Surroundings;
}

export interface GateOutcome {
  verdict: Verdict;
  findings: readonly Finding[];
  command?: string;
  exitCode?: number | null;
  /** Digest of the artifact that holds the evidence. */
  evidence?: string;
  /** What the command's test runner counted. */
  tests?: TestCounts | null;
  runs?: readonly GateRun[];
  network?: "none" | "full";
  /** These four of a gate that asked an agent of its own, however that ended. */
  usage?: Usage;
  turns?: number;
  threadId?: string | null;
  taskIds?: readonly string[];
}

/** A named check. What it throws makes the verdict `errored`; only `passed` lets anything through. */
export type Gate = (current: GateCase) => Promise<GateOutcome> | GateOutcome;

export function verdictOf(findings: readonly Finding[]): GateOutcome {
  return { verdict: findings.length === 0 ? "passed" : "failed", findings };
}

/** The gate's own declaration. */
export function specOf<K extends GateSpec["kind"]>(
  { gate }: EffectOf<"judge">,
  kind: K,
): Extract<GateSpec, { kind: K }> {
  if (gate.kind !== kind) throw new Error(`expected a gate of kind '${kind}', found '${gate.kind}'`);
  return gate as Extract<GateSpec, { kind: K }>;
}
