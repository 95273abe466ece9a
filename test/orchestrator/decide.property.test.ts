import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameMove } from "../../core/move.ts";
import { evolve, fold } from "../../orchestrator/evolve.ts";
import { initialState } from "../../orchestrator/initial-state.ts";
import { simulateRun, type Dice } from "../support/simulated-run.ts";

const maxSteps = 5000;

/** Every seed and kindness is a world of its own. */
const dice = fc
  .tuple(fc.integer({ min: 1 }), fc.integer({ min: 1, max: 20 }))
  .map(([seed, kindness]): Dice => {
    let state = seed;
    const below = (limit: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return (state >> 8) % limit;
    };
    return { below, kindness };
  });

function always(property: (world: Dice) => void): void {
  fc.assert(fc.property(dice, property), { numRuns: 300 });
}

describe("given a world that answers well or badly and a lead that takes any legal move", () => {
  it("then every run ends within its limits", () => {
    always((world) => {
      const run = simulateRun(world, maxSteps);
      expect(run.steps).toBeLessThan(maxSteps);
      expect(run.state.finishedAt).not.toBeNull();
      const { limits } = run.state.facts!.pipeline;
      expect(run.state.turns).toBeLessThanOrEqual(limits.turns);
      // A turn of the simulated world costs a token, whoever takes it.
      expect(run.state.usage.inputTokens).toBe(run.state.turns);
      expect(run.state.reopenings).toBeLessThanOrEqual(limits.reopenings);
      for (const task of run.state.tasks.values()) {
        expect(task.attempts.length).toBeLessThanOrEqual(limits.attempts * (limits.reopenings + 1));
        for (const attempt of task.attempts)
          expect(attempt.turns.length).toBeLessThanOrEqual(1 + limits.repairTurns);
      }
    });
  });

  it("then the worlds are of all kinds: runs pass, fail, err, pause, and are reopened", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(dice, (world) => {
        const { state } = simulateRun(world, maxSteps);
        seen.add(state.status);
        if (state.reopenings > 0) seen.add(`${state.status} after reopening`);
        expect(state.reason?.code).not.toBe("run.stuck");
      }),
      { numRuns: 1000, seed: 1 },
    );
    expect([...seen]).toEqual(
      expect.arrayContaining(["passed", "failed", "errored", "paused", "passed after reopening"]),
    );
  });

  it("then no effect is asked for twice", () => {
    always((world) => {
      const ids = simulateRun(world, maxSteps).performed.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  it("then every move that was carried out was legal, and giving up ends the run", () => {
    always((world) => {
      const { chosen, state } = simulateRun(world, maxSteps);
      for (const { move, legal } of chosen) expect(legal.some((other) => sameMove(move, other))).toBe(true);
      const gaveUp = chosen.findIndex(({ move }) => move.kind === "give-up");
      if (gaveUp === -1) return;
      expect(gaveUp).toBe(chosen.length - 1);
      expect(["failed", "errored"]).toContain(state.status);
    });
  });

  it("then a run that passed has only passed gates in the attempts that count, and a published branch", () => {
    always((world) => {
      const { state } = simulateRun(world, maxSteps);
      if (state.status !== "passed") return;
      expect(state.published).toBe(true);
      expect(state.reason).toBeNull();
      for (const task of state.tasks.values()) {
        const last = task.attempts.at(-1)!;
        expect(last.status).toBe("passed");
        const handoffs = last.gates.filter(({ judgement }) => judgement.name === "handoff");
        const others = last.gates.filter(({ judgement }) => judgement.name !== "handoff");
        expect(handoffs.at(-1)?.judgement.verdict).toBe("passed");
        for (const { judgement } of others) expect(judgement.verdict).toBe("passed");
      }
    });
  });

  it("then a worker that was started is ended before its work is judged by more than its answer", () => {
    always((world) => {
      const running = new Set<string>();
      for (const { event, attemptId } of simulateRun(world, maxSteps).events) {
        if (event.type === "worker.started") running.add(attemptId!);
        if (event.type === "worker.ended") running.delete(attemptId!);
        if (event.type !== "effect.intended") continue;
        const { effect } = event.payload;
        const judgesWork =
          effect.kind === "commit" || (effect.kind === "judge" && effect.gate.kind !== "handoff");
        // A server whose end failed is not counted: the attempt is over then.
        if (judgesWork) expect(running.has(effect.attemptId)).toBe(false);
      }
    });
  });

  it("then the fold of any prefix never throws and equals the state as it was", () => {
    always((world) => {
      const { events } = simulateRun(world, maxSteps);
      let state = initialState("r");
      for (let length = 0; length < events.length; length += 1) {
        if (length % 7 === 0) expect(fold("r", events.slice(0, length))).toEqual(state);
        state = evolve(state, events[length]!);
      }
    });
  });

  it("then a log with events missing or out of order folds without throwing", () => {
    fc.assert(
      fc.property(dice, fc.infiniteStream(fc.nat()), (world, keys) => {
        const { events } = simulateRun(world, maxSteps);
        const mixed = events
          .map((event): [number, typeof event] => [keys.next().value ?? 0, event])
          .filter(([key]) => key % 5 !== 0)
          .toSorted(([a], [b]) => a - b);
        expect(() =>
          fold(
            "r",
            mixed.map(([, event]) => event),
          ),
        ).not.toThrow();
      }),
      { numRuns: 100 },
    );
  });
});
