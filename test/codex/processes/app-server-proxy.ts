import { spawn } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** What stands between the bridge and a real `codex app-server`. */
export interface ProxyPlan {
  codex: string;
  /** Gets every line that the bridge writes. */
  log?: string;
  /** Notifications that get lost: those whose line has this text. */
  lose?: readonly string[];
  /** Lines said on stdout before anything else, and again before every answer. */
  noise?: readonly string[];
  /** Requests of this method are answered so often with "overloaded" before one is let through. */
  overload?: { method: string; times: number };
}

interface Line {
  id?: number | string;
  method?: string;
}

/** `app-server-proxy.ts PLAN.json app-server`: passes lines on, but for what the plan says. */
const [planFile = "", ...args] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, "utf8")) as ProxyPlan;
const server = spawn(plan.codex, args, { stdio: ["pipe", "pipe", "inherit"] });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const makeNoise = (): void => plan.noise?.forEach(say);
let refusals = plan.overload?.times ?? 0;

makeNoise();
createInterface({ input: process.stdin })
  .on("line", (line) => {
    if (plan.log !== undefined) appendFileSync(plan.log, `${line}\n`);
    const { id, method } = JSON.parse(line) as Line;
    if (method === plan.overload?.method && refusals > 0) {
      refusals -= 1;
      say(JSON.stringify({ id, error: { code: -32_001, message: "too much to do" } }));
    } else server.stdin.write(`${line}\n`);
  })
  .on("close", () => server.stdin.end());
createInterface({ input: server.stdout }).on("line", (line) => {
  const { id } = JSON.parse(line) as Line;
  if (id === undefined && plan.lose?.some((text) => line.includes(text)) === true) return;
  if (id !== undefined) makeNoise();
  say(line);
});
server.on("exit", (code) => process.exit(code ?? 1));
