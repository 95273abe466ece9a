import type { EffectOf } from "../../core/effect.ts";
import { messageOf } from "../../core/errors.ts";
import type { RunEvent } from "../../core/events/run-events.ts";
import { finding } from "../../core/finding.ts";
import { limits } from "../../core/limits.ts";
import { gateName } from "../../core/gates/gate-name.ts";
import { artifactGate } from "../gates/artifact.ts";
import { artifactsGate } from "../gates/artifacts.ts";
import { baselineGate } from "../gates/baseline.ts";
import { budgetGate } from "../gates/budget.ts";
import { commandGate } from "../gates/command.ts";
import { customGate } from "../gates/custom.ts";
import { diffGate } from "../gates/diff.ts";
import type { Gate, GateOutcome } from "../gates/gate.ts";
import { handoffGate } from "../gates/handoff.ts";
import { humanGate } from "../gates/human.ts";
import { planGate } from "../gates/plan.ts";
import { protectionGate } from "../gates/protection.ts";
import { reviewGate } from "../gates/review.ts";
import { scopeGate } from "../gates/scope.ts";
import type { Judgement } from "../../core/verdict.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Performer } from "./performer.ts";
import { repeat } from "./performer.ts";
import { targetOf } from "./run-facts.ts";

const gates: Readonly<Record<EffectOf<"judge">["gate"]["kind"], Gate>> = {
  handoff: handoffGate,
  plan: planGate,
  scope: scopeGate,
  protection: protectionGate,
  artifacts: artifactsGate,
  review: reviewGate,
  commands: commandGate,
  baseline: baselineGate,
  budget: budgetGate,
  diff: diffGate,
  artifact: artifactGate,
  custom: customGate,
  human: humanGate,
};

/** Lets one gate judge one candidate. A gate that cannot judge has errored. */
export const judge: Performer<"judge"> = {
  probe: repeat,
  async perform(effect, world) {
    const name = gateName(effect.gate, effect.command);
    const tree = await world.workspace.treeOf(effect.commit);
    const started = world.clock.now();
    const outcome = await judgeSafely(name, effect, world);
    return judged(name, effect, outcome, { tree, durationMs: world.clock.now() - started });
  },
};

async function judgeSafely(
  name: string,
  effect: EffectOf<"judge">,
  world: Surroundings,
): Promise<GateOutcome> {
  try {
    return await gates[effect.gate.kind]({ ...targetOf(world.log.state, effect), name, effect, world });
  } catch (error) {
    return { verdict: "errored", findings: [finding(name, `the gate could not judge: ${messageOf(error)}`)] };
  }
}

function judged(
  name: string,
  { commit }: EffectOf<"judge">,
  outcome: GateOutcome,
  measured: { tree: string; durationMs: number },
): RunEvent {
  const { verdict, command, exitCode, evidence, tests, runs, network } = outcome;
  const findings = outcome.findings.slice(0, limits.findingsPerGate);
  const judgement: Judgement = {
    name,
    verdict,
    command: command ?? null,
    exitCode: exitCode ?? null,
    evidence: evidence ?? null,
    tests: tests ?? null,
    runs: [...(runs ?? [])],
    network: network ?? null,
    findings,
    commit,
    ...measured,
    ...usedBy(outcome),
  };
  return { type: "gate.judged", payload: { judgement } };
}

/** Nothing of a gate that asked no agent. */
function usedBy({ usage, turns = 0, threadId = null, taskIds = [] }: GateOutcome): Partial<Judgement> {
  return usage === undefined ? {} : { usage, turns, threadId, taskIds: [...taskIds] };
}
