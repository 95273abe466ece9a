import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Effect } from "../../core/effect.ts";
import type { EventEnvelope } from "../../core/events/envelope.ts";
import { verifyChain } from "../../core/events/verify-chain.ts";
import type { Lead } from "../../core/ports/lead.ts";
import { packetJsonSchema } from "../../handoffs/packets.ts";
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

  it("that chooses what is not legal, not there or no move, then it is overruled each time and the log says so", async () => {
    const moves = [
      { kind: "give-up", taskKey: "plan/plan" },
      { kind: "dispatch", taskKey: "execute/zzz" },
      { kind: "publish", taskKey: "plan/plan" } as never,
    ] as const;
    let asked = 0;
    const choose: Lead["choose"] = async () => ({ move: moves[asked++]!, why: "trust me" });
    const { place, state, chosen } = await run({ name: "agent", choose });
    await expectPassedOnce(place, state);
    expect(chosen).toMatchObject(
      ["plan/plan", "execute/work", "verify/verify"].map((taskKey, index) => ({
        move: { kind: "dispatch", taskKey },
        by: "rules",
        actor: "rules",
        why: `agent chose ${moves[index]?.kind} ${moves[index]?.taskKey}, which is not legal; the first task that is ready`,
      })),
    );
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

type Moment = "intended" | "done and not yet told";
const moments: readonly Moment[] = ["intended", "done and not yet told"];

/** Drives until the orchestrator dies at this moment of that effect, which may be in flight already. */
async function driveAndDie(place: Place, id: string, moment: Moment, open: typeof openWorld): Promise<void> {
  let inFlight = (await eventsOf(place)).some(
    ({ event }) => event.type === "effect.intended" && event.payload.effect.id === id,
  );
  const events = crashingLog(place.store.events, moment === "intended" ? "after" : "before", (event) => {
    if (event.type === "effect.intended") {
      inFlight = event.payload.effect.id === id;
      return inFlight && moment === "intended";
    }
    return inFlight && event.type !== "approval.decided";
  });
  const world = await open(place, { events, agents: scriptedAgents(plays) });
  await expect(driveRun(world)).rejects.toThrow(Crash);
}

/** Another orchestrator takes over, and brings the run to its end. */
async function goOn(place: Place, id: string, lost: readonly string[]): Promise<void> {
  const agents = scriptedAgents(plays);
  const world = await openWorld(place, { agents });
  expect([...world.log.state.inFlight.keys()]).toEqual([id]);
  const state = await driveRun(world);
  await expectPassedOnce(place, state);
  expect((await tidyRun(world, state)).map((folder) => basename(folder))).toEqual(lost);
  expect([...agents.alive]).toEqual([]);
  const [clone = ""] = readdirSync(join(place.stateDirectory, "repositories"));
  expect(readdirSync(join(place.stateDirectory, "repositories", clone, "work-trees"))).toEqual(lost);
}

it("given a run, then each worker's turn carries the schema of the packet that it is to give", async () => {
  const agents = scriptedAgents(plays);
  await driveRun(await start(makePlace(files), { agents }));
  expect(agents.prompts.map(({ workerId, answerSchema }) => ({ workerId, answerSchema }))).toEqual([
    { workerId: "plan/plan#1", answerSchema: packetJsonSchema("plan") },
    { workerId: "execute/work#1", answerSchema: packetJsonSchema("work-report") },
    { workerId: "verify/verify#1", answerSchema: packetJsonSchema("review") },
  ]);
});

describe("given an orchestrator that dies", () => {
  const costly = ["execute/work#1:worker", "execute/work#1:turn-1"];

  it.each(costly.flatMap((id) => moments.map((moment) => ({ id, moment }))))(
    "when $id was $moment, then another attempt goes on from what was done, and nothing is done twice",
    async ({ id, moment }) => {
      const place = makePlace(files);
      await driveAndDie(place, id, moment, start);
      await goOn(place, id, []);
    },
  );

  it("when it dies at every other effect, once it is intended and once it is done, then nothing is done twice", async () => {
    const place = makePlace(files);
    const ids = effects.map(({ id }) => id).filter((id) => !/:(?:worker|turn-1)$/.test(id));
    expect(ids.length).toBeGreaterThan(15);
    let open = start;
    for (const id of ids) {
      for (const moment of moments) {
        await driveAndDie(place, id, moment, open);
        open = openAgain(id);
      }
    }
    await goOn(place, ids.at(-1) ?? "", []);
  });

  /** What is in flight is what the one before has died of. */
  function openAgain(id: string): typeof openWorld {
    return async (place, options) => {
      const world = await openWorld(place, options);
      expect([...world.log.state.inFlight.keys()]).toEqual([id]);
      return world;
    };
  }
});

describe("given an interruption", () => {
  // Plan and verify go through the same effects as execute; each is interrupted at its turn and at the gate of its own.
  const own = /^(?:environment|publish|execute\/.*|.*:(?:turn-1|judge-plan|judge-review))$/;
  const interrupted = effects.filter(({ id }) => own.test(id));
  const steps = [
    ...interrupted.map(({ id }) => ({ id, what: "is intended" })),
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
    // A gate that was cut short judges again when the run goes on.
    for (const { kind } of state.inFlight.values()) expect(["judge", "prepare-environment"]).toContain(kind);
    if (id === "publish") return expectPassedOnce(place, state);
    expect(state).toMatchObject({ status: "interrupted", reason: { code: "run.interrupted" } });
    expect(branchesOf(place)).toEqual(["refs/heads/main"]);
    for (const { attempts } of state.tasks.values())
      for (const { status } of attempts) expect(["passed", "interrupted", "running"]).toContain(status);
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
