import type { Effect } from "../core/effect.ts";
import { messageOf, PortcullisError } from "../core/errors.ts";
import type { RunEvent } from "../core/events/run-events.ts";
import { sameMove, type Move } from "../core/move.ts";
import type { Lead, LeadView } from "../core/ports/lead.ts";
import { decideRest, type Rest } from "./decide-interruption.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { AppendedFact } from "./run-log.ts";
import { leadView } from "./lead-view.ts";
import { performEffect, probeEffect } from "./perform/perform.ts";
import { chooseByRules } from "./rules-lead.ts";
import type { RunState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";

/** No pipeline within its limits takes that many steps; a loop that does is a defect and must end. */
const maxSteps = 100_000;

/**
 * Takes a run from where its log stands to its end: settles what was under way, then decides and acts in turn. Resolves
 * with the final state; an abort of the signal brings it to rest, workers first, as its reason says (a `Rest`; any other is an
 * interruption). Rejects only where the log itself cannot be written, or for a defect.
 */
export async function driveRun(world: Surroundings): Promise<RunState> {
  const { log, signal } = world;
  await settleInFlight(world);
  for (let step = 0; step < maxSteps; step += 1) {
    const rests = signal.aborted && mayInterrupt(log.state);
    const decision = rests ? decideRest(log.state, restOf(signal.reason, log.state)) : decide(log.state);
    if (decision.kind === "end") return log.state;
    await follow(decision, world);
  }
  throw tooLong(`the run took more than ${maxSteps} steps`);
}

async function follow(decision: Exclude<Decision, { kind: "end" }>, world: Surroundings): Promise<void> {
  switch (decision.kind) {
    case "record":
      return world.log.append(decision.facts);
    case "perform":
      return carryOut(decision.effect, world);
    case "choose":
      return letLeadChoose(decision.moves, world);
    case "wait":
      throw tooLong("an effect is in flight that nobody performs");
  }
}

/** A run whose branch is there has nothing left to interrupt: it says that it passed. */
function mayInterrupt({ finishedAt, published }: RunState): boolean {
  return finishedAt === null && !published;
}

/** Intent first, durable; then the deed; then what came of it. */
async function carryOut(effect: Effect, world: Surroundings): Promise<void> {
  await world.log.append([{ event: { type: "effect.intended", payload: { effect } }, ...placeOf(effect) }]);
  await performAndSettle(effect, world);
}

async function performAndSettle(effect: Effect, world: Surroundings): Promise<void> {
  world.reach(`${effect.kind}:intended`);
  const event = await performEffect(effect, world);
  world.reach(`${effect.kind}:done`);
  // It stays in flight: a run that goes on judges again.
  if (world.signal.aborted && wasCutShort(effect, event)) return;
  await world.log.append([{ event, ...placeOf(effect) }]);
  world.reach(`${effect.kind}:settled`);
}

/** What an abort of the signal ends in the middle says nothing of the candidate. */
function wasCutShort({ kind }: Effect, event: RunEvent): boolean {
  if (kind === "prepare-environment") return event.type === "effect.failed";
  return event.type === "gate.judged" && event.payload.judgement.verdict !== "passed";
}

/** What a dead orchestrator had intended: found in the world, or done now, under the same id. */
async function settleInFlight(world: Surroundings): Promise<void> {
  for (const effect of world.log.state.inFlight.values()) {
    const event = await probeEffect(effect, world);
    if (event !== null) await world.log.append([{ event, ...placeOf(effect) }]);
    else if (!world.signal.aborted) await performAndSettle(effect, world);
  }
}

async function letLeadChoose(moves: readonly Move[], world: Surroundings): Promise<void> {
  const view = leadView(world.log.state, moves);
  const { move, why, by } = await choose(view, world.lead);
  await world.log.append([
    { event: { type: "move.chosen", payload: { move, by, why } }, taskKey: move.taskKey, actor: by },
  ]);
}

/** A lead that fails, or chooses what it may not, is overruled by the rules. */
async function choose(view: LeadView, lead: Lead): Promise<{ move: Move; why: string; by: string }> {
  const overrule = (problem: string) => {
    const { move, why } = chooseByRules(view);
    return { move, why: `${lead.name} ${problem}; ${why}`, by: "rules" };
  };
  try {
    const { move, why } = await lead.choose(view);
    if (view.moves.some((legal) => sameMove(legal, move))) return { move, why, by: lead.name };
    return overrule(`chose ${move.kind} ${move.taskKey}, which is not legal`);
  } catch (error) {
    return overrule(`could not choose (${messageOf(error)})`);
  }
}

function restOf(reason: unknown, { id }: RunState): Rest {
  if (isRest(reason)) return reason;
  return {
    status: "interrupted",
    reason: {
      code: "run.interrupted",
      message: "the run was interrupted",
      remedy: `go on with it: portcullis resume ${id}`,
    },
  };
}

function isRest(reason: unknown): reason is Rest {
  return typeof reason === "object" && reason !== null && "status" in reason && "reason" in reason;
}

function placeOf(effect: Effect): Pick<AppendedFact, "effectId" | "taskKey" | "attemptId"> {
  const place = "attemptId" in effect ? { taskKey: effect.taskKey, attemptId: effect.attemptId } : {};
  return { effectId: effect.id, ...place };
}

function tooLong(what: string): PortcullisError {
  return new PortcullisError({
    code: "run.defect",
    kind: "defect",
    message: what,
    remedy: "report this with the run's events",
  });
}
