import type { Effect } from "../core/effect.ts";
import { messageOf, PortcullisError } from "../core/errors.ts";
import { finding } from "../core/finding.ts";
import { sameMove, type Move } from "../core/move.ts";
import type { Lead, LeadView } from "../core/ports/lead.ts";
import { decide } from "./decide.ts";
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
 * with the final state; an abort of the signal ends it as `interrupted`, workers first. Rejects only where the log
 * itself cannot be written, or for a defect.
 */
export async function driveRun(world: Surroundings): Promise<RunState> {
  const { log, signal } = world;
  await settleInFlight(world);
  for (let step = 0; step < maxSteps; step += 1) {
    if (signal.aborted && mayInterrupt(log.state)) return interrupt(world);
    const decision = decide(log.state);
    switch (decision.kind) {
      case "end":
        return log.state;
      case "record":
        await log.append(decision.facts);
        break;
      case "perform":
        await carryOut(decision.effect, world);
        break;
      case "choose":
        await letLeadChoose(decision.moves, world);
        break;
      case "wait":
        throw tooLong("an effect is in flight that nobody performs");
    }
  }
  throw tooLong(`the run took more than ${maxSteps} steps`);
}

/** A run whose branch is there has nothing left to interrupt: it says that it passed. */
function mayInterrupt({ finishedAt, published }: RunState): boolean {
  return finishedAt === null && !published;
}

/** Intent first, durable; then the deed; then what came of it. */
async function carryOut(effect: Effect, world: Surroundings): Promise<void> {
  await world.log.append([{ event: { type: "effect.intended", payload: { effect } }, ...placeOf(effect) }]);
  const event = await performEffect(effect, world);
  await world.log.append([{ event, ...placeOf(effect) }]);
}

/** What a dead orchestrator had intended: found in the world, or done now, under the same id. */
async function settleInFlight(world: Surroundings): Promise<void> {
  for (const effect of world.log.state.inFlight.values()) {
    const event = (await probeEffect(effect, world)) ?? (await performEffect(effect, world));
    await world.log.append([{ event, ...placeOf(effect) }]);
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

async function interrupt(world: Surroundings): Promise<RunState> {
  const { log } = world;
  for (const task of log.state.tasks.values()) {
    const attempt = task.attempts.find(({ status }) => status === "running");
    if (attempt === undefined) continue;
    const id = `${attempt.id}:end-worker`;
    if (attempt.worker === "running" && !log.state.intended.has(id)) {
      await carryOut({ kind: "end-worker", id, taskKey: task.key, attemptId: attempt.id }, world);
    }
    const findings = [finding("interrupt", "the run was interrupted")];
    const payload = { taskKey: task.key, status: "interrupted" as const, findings };
    await log.append([
      { event: { type: "attempt.finished", payload }, taskKey: task.key, attemptId: attempt.id },
    ]);
  }
  const reason = {
    code: "run.interrupted",
    message: "the run was interrupted",
    remedy: "start it again; nothing was changed in your repository",
  };
  await log.append([{ event: { type: "run.finished", payload: { status: "interrupted", reason } } }]);
  return log.state;
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
