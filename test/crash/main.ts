/** `npm run test:crash -- [TIMES [SEED [small]]]`: every named point and 200 random times; `small`: without dependencies, every fourth point. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { demo, small } from "./subjects.ts";
import { sweep } from "./sweep.ts";

const [times = "200", given, size] = process.argv.slice(2);
const seed = Number(given ?? Date.now() % 1e6);
const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
mkdirSync(cache, { recursive: true });
const home = mkdtempSync(join(cache, "portcullis-crash-"));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say(`seed ${seed}`);
const { survivals, points, summary } = await sweep({
  subject: size === "small" ? small : demo,
  home,
  seed,
  everyPoint: size === "small" ? 4 : 1,
  randomTimes: Number(times),
  onSurvival: ({ name, kills, resumes, problems }) => {
    const found = problems.length === 0 ? "passed" : problems.join("\n    ");
    say(`  ${name}: ${kills} kills, ${resumes} resumes: ${found}`);
  },
});
const wrong = survivals.some(({ problems }) => problems.length > 0);
say(`${points.length} named points, ${times} random times, seed ${seed}: ${summary}`);
if (wrong) say(`kept: ${home}`);
else rmSync(home, { recursive: true, force: true });
process.exitCode = wrong ? 1 : 0;
