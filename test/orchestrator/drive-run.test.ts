import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Effect } from "../../core/effect.ts";
import type { EventEnvelope } from "../../core/events/envelope.ts";
import { verifyChain } from "../../core/events/verify-chain.ts";
import type { Lead } from "../../core/ports/lead.ts";
import { driveRun } from "../../orchestrator/drive-run.ts";
import type { RunState } from "../../orchestrator/state.ts";
import type { Surroundings } from "../../orchestrator/surroundings.ts";
import { tidyRun } from "../../orchestrator/tidy-run.ts";
import { Crash, crashingLog } from "../support/crashing-log.ts";
import { git } from "../support/git-repository.ts";
import { task } from "../support/scripted.ts";
import { scriptedAgents, type Play } from "../support/scripted-agents.ts";
import { factsOf, makePlace, openWorld, type Place, type WorldOptions } from "../support/world.ts";

const plays: Readonly<Record<string, Play>> = {
  "plan/plan": () => ({ summary: "s", tasks: [task()] }),
  "execute/work": ({ directory }) => {
    writeFileSync(join(directory, "src", "a.txt"), "a\n");
    return { taskId: "work", status: "done", summary: "s", artifacts: [] };
  },
  "verify/verify": () => ({ verdict: "accept", summary: "s", findings: [] }),
};
const files = { "src/x.txt": "x\n" };
const config = { commands: { test: "test -s src/a.txt" }, setup: "mkdir deps && echo x > deps/x" };

async function start(place: Place, options: WorldOptions = {}): Promise<Surroundings> {
  const world = await openWorld(place, { agents: scriptedAgents(plays), ...options });
  await world.log.append([{ event: { type: "run.started", payload: factsOf(place, { config }) } }]);
  return world;
}

function eventsOf({ store }: Place): Promise<readonly EventEnvelope[]> {
  return store.events.read("run");
}

function branchesOf({ root }: Place): string[] {
  return git(root, "for-each-ref", "--format=%(refname)").split("\n");
}

/** What must be true of a run that has passed, whatever happened on the way. */
async function expectPassedOnce(place: Place, state: RunState): Promise<void> {
  expect(state).toMatchObject({ status: "passed", reason: null, inFlight: new Map() });
  const events = await eventsOf(place);
  expect(verifyChain(events)).toBeNull();
  const of = (type: string) => events.filter(({ event }) => event.type === type);
  expect(of("run.finished")).toHaveLength(1);
  const intents = of("effect.intended").map(({ effectId }) => effectId);
  expect(new Set(intents).size).toBe(intents.length);
  const { root, base } = place;
  expect(branchesOf(place)).toEqual(["refs/heads/main", "refs/heads/portcullis/run"]);
  expect(git(root, "rev-parse", "portcullis/run")).toBe(state.head);
  expect(git(root, "log", "--format=%s", `${base}..portcullis/run`)).toBe("Do the work");
  expect(git(root, "diff", "--name-only", base, "portcullis/run")).toBe("src/a.txt");
  expect(git(root, "reflog", "show", "--format=%gs", "portcullis/run")).toBe("portcullis: published");
}

describe("given a lead", () => {
  const run = async (lead: Lead) => {
    const place = makePlace(files);
    const state = await driveRun(await start(place, { lead }));
    const chosen = (await eventsOf(place)).flatMap(({ event, actor }) =>
      event.type === "move.chosen" ? [{ ...event.payload, actor }] : [],
    );
    return { place, state, chosen };
  };

  it("that chooses legal moves, then they are carried out and the log says who chose", async () => {
    const lead: Lead = {
      name: "agent",
      choose: async ({ moves }) => ({ move: moves[0]!, why: "I like it" }),
    };
    const { place, state, chosen } = await run(lead);
    await expectPassedOnce(place, state);
    expect(chosen[0]).toMatchObject({ by: "agent", actor: "agent", why: "I like it" });
  });

  it.each([
    ["a move that is not legal now", { kind: "give-up", taskKey: "plan/plan" }],
    ["a task that there is not", { kind: "dispatch", taskKey: "execute/zzz" }],
    ["what is no move", { kind: "publish", taskKey: "plan/plan" } as never],
  ] as const)("that chooses %s, then it is overruled and the log says so", async (_what, move) => {
    const { place, state, chosen } = await run({
      name: "agent",
      choose: async () => ({ move, why: "trust me" }),
    });
    await expectPassedOnce(place, state);
    expect(chosen.map(({ by }) => by)).toEqual(["rules", "rules", "rules"]);
    expect(chosen[0]).toMatchObject({
      move: { kind: "dispatch", taskKey: "plan/plan" },
      actor: "rules",
      why: `agent chose ${move.kind} ${move.taskKey}, which is not legal; the first task that is ready`,
    });
  });

  it("that fails, then the rules choose and the log says so", async () => {
    const lead: Lead = { name: "agent", choose: () => Promise.reject(new Error("no model")) };
    const { place, state, chosen } = await run(lead);
    await expectPassedOnce(place, state);
    expect(chosen[0]).toMatchObject({
      by: "rules",
      why: "agent could not choose (no model); the first task that is ready",
    });
  });
});

/** All effects of a run without trouble, as the log has them. */
async function allEffects(): Promise<Effect[]> {
  const place = makePlace(files);
  const agents = scriptedAgents(plays);
  const world = await start(place, { agents });
  const state = await driveRun(world);
  await tidyRun(world, state);
  await expectPassedOnce(place, state);
  expect([...agents.alive]).toEqual([]);
  return (await eventsOf(place)).flatMap(({ event }) =>
    event.type === "effect.intended" ? [event.payload.effect] : [],
  );
}

const effects = await allEffects();

/** Each kind of effect, where it matters most; each costs a run. */
const chosenEffects = effects.filter(({ id }) => /^(environment|publish|execute\/.*)$/.test(id));

describe("given an orchestrator that dies", () => {
  const crashes = chosenEffects.flatMap(({ id }) => [
    { what: "intended", id },
    { what: "done and not yet told", id },
  ]);

  it.each(crashes)(
    "when $id was $what, then another goes on, and nothing is done twice",
    async ({ id, what }) => {
      const place = makePlace(files);
      let inFlight = false;
      const events = crashingLog(place.store.events, what === "intended" ? "after" : "before", (event) => {
        if (event.type === "effect.intended") {
          inFlight = event.payload.effect.id === id;
          return inFlight && what === "intended";
        }
        return inFlight && event.type !== "approval.decided";
      });
      await expect(driveRun(await start(place, { events }))).rejects.toThrow(Crash);
      const agents = scriptedAgents(plays);
      const world = await openWorld(place, { agents });
      expect([...world.log.state.inFlight.keys()]).toEqual([id]);
      const state = await driveRun(world);
      await expectPassedOnce(place, state);
      const lost = ["execute/work#1:worker", "execute/work#1:turn-1"].includes(id)
        ? ["run-execute-work-1"]
        : [];
      const kept = await tidyRun(world, state);
      expect([...agents.alive]).toEqual([]);
      const [clone = ""] = readdirSync(join(place.stateDirectory, "repositories"));
      const workTrees = join(place.stateDirectory, "repositories", clone, "work-trees");
      expect(readdirSync(workTrees)).toEqual(lost);
      expect(kept).toEqual(lost.map((name) => join(workTrees, name)));
    },
  );
});

describe("given an interruption", () => {
  const steps = [
    ...effects.map(({ id }) => ({ id, what: "is intended" })),
    ...["environment", "execute/work#1:commit", "publish"].map((id) => ({ id, what: "is settled" })),
  ];

  it.each(steps)("when $id $what, then the run ends in order", async ({ id, what }) => {
    const place = makePlace(files);
    const controller = new AbortController();
    const agents = scriptedAgents(plays);
    const observe = ({ event, effectId }: EventEnvelope): void => {
      const wanted = (event.type === "effect.intended") === (what === "is intended");
      if (effectId === id && wanted) controller.abort();
    };
    const world = await start(place, { agents, observe, signal: controller.signal });
    const state = await driveRun(world);
    expect(await tidyRun(world, state)).toEqual(expect.any(Array));
    expect([...agents.alive]).toEqual([]);
    expect(state.inFlight.size).toBe(0);
    if (id === "publish") return expectPassedOnce(place, state);
    expect(state).toMatchObject({ status: "interrupted", reason: { code: "run.interrupted" } });
    expect(branchesOf(place)).toEqual(["refs/heads/main"]);
    for (const { attempts } of state.tasks.values())
      for (const { status } of attempts) expect(["passed", "interrupted"]).toContain(status);
    const last = (await eventsOf(place)).at(-1);
    expect(last?.event).toMatchObject({ type: "run.finished", payload: { status: "interrupted" } });
  });

  it("before the first step, then nothing was started", async () => {
    const place = makePlace(files);
    const state = await driveRun(await start(place, { signal: AbortSignal.abort() }));
    expect(state.status).toBe("interrupted");
    expect((await eventsOf(place)).map(({ event }) => event.type)).toEqual(["run.started", "run.finished"]);
  });
});
