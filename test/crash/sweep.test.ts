/** FAULTS 1: SIGKILL of the orchestrator at any moment. Bounded; all of it is `npm run test:crash`. */
import { expect, it } from "vitest";
import { scratchDirectory } from "../support/scratch.ts";
import { small } from "./subjects.ts";
import { sweep } from "./sweep.ts";

const seed = 20_261_125;

it("given a run with a real Codex, when it is killed at named points and at random times, then it goes on as if nothing had happened", async () => {
  const home = scratchDirectory("crash");
  const { survivals, points, summary } = await sweep({
    subject: small,
    home,
    seed,
    everyPoint: 4,
    randomTimes: 15,
  });
  expect(points).toEqual(expect.arrayContaining(["run-turn:intended", "commit:done", "publish-branch:done"]));
  expect(survivals.filter(({ problems }) => problems.length > 0)).toEqual([]);
  expect(summary).toMatch(/ 0 events lost, 0 gaps, 0 effects doubled, 0 trees that differ/);
  expect(survivals.reduce((sum, { kills }) => sum + kills, 0)).toBeGreaterThanOrEqual(30);
}, 400_000);
