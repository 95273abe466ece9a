import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { serveScript, type Script } from "../index.ts";
import { locateCodex, openServer } from "../mcp-server.ts";
import { bareCall } from "./bare-call.ts";
import { bareTurn } from "./bare-turn.ts";
import { median } from "./median.ts";

/** A trivial call through the bridge, against the same on a bare app-server, and on the last Codex that served MCP. */
const rounds = Number(process.argv[3] ?? 30);
const allowedMs = 10;
const cache = join(homedir(), ".cache");
mkdirSync(cache, { recursive: true });
const home = mkdtempSync(join(cache, "portcullis-bench-"));
const cwd = join(home, "work");
const codexHome = join(home, "codex-home");
mkdirSync(cwd);
mkdirSync(codexHome);

const { path: current } = locateCodex(undefined, {});
const vendor = current.slice(current.indexOf("@openai"));
const modules = join(import.meta.dirname, "..", "node_modules");
const native = join(modules, "codex-0.153.4", "node_modules", vendor);
const { PATH = "", HOME = "" } = process.env;
const env = { PATH, HOME, CODEX_HOME: codexHome };
const script: Script = { version: 1, workers: { w: [{ do: { say: "fine" } }] } };

interface Settings {
  model: string;
  config: Readonly<Record<string, unknown>>;
}

/** Each with a model's server of its own: the script is played once. */
async function played(measure: (settings: Settings) => Promise<number>): Promise<number> {
  const server = await serveScript(script);
  const config = { ...server.configFor("w"), features: { shell_snapshot: false } };
  const took = await measure({ model: server.model, config });
  const { complete, problems } = server.report();
  await server.close();
  if (!complete) throw new Error(`the script was not played: ${problems.join("; ")}`);
  return took;
}

const prompt = "answer";
const asTool = ({ model, config }: Settings) => ({
  prompt,
  model,
  cwd,
  config,
  "approval-policy": "on-request",
});

async function throughBridge(settings: Settings): Promise<number> {
  const about = { path: current, server: "app-server", version: "bench", env, cwd } as const;
  const opened = await openServer({ ...about, approvalTimeoutMs: 60_000 });
  const started = performance.now();
  const bounds = { timeoutMs: 60_000, signal: new AbortController().signal };
  const result = await opened.connection.callTool("codex", asTool(settings), bounds);
  const took = performance.now() - started;
  await opened.end();
  if (result.structuredContent?.content !== "fine") throw new Error(JSON.stringify(result));
  return took;
}

const cases: Readonly<Record<string, () => Promise<number>>> = {
  "bare app-server": () =>
    played(({ model, config }) => {
      const settings = { model, cwd, config, approvalPolicy: "on-request" };
      return bareTurn(current, { prompt, settings }, env);
    }),
  "through the bridge": () => played(throughBridge),
  "native 0.153.4": () => played((settings) => bareCall(native, asTool(settings), env)),
};

const times = new Map(Object.keys(cases).map((name): [string, number[]] => [name, []]));
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, measure] of Object.entries(cases)) {
    const took = await measure();
    // The first round fills the caches.
    if (round > 0) times.get(name)?.push(took);
  }
}
rmSync(home, { recursive: true, force: true });
const medians = Object.keys(cases).map((name) => median(times.get(name) ?? []));
const [bare = Number.NaN, bridge = Number.NaN, old = Number.NaN] = medians;
const line = (name: string, ms: number): string => `${name.padEnd(26)}${ms.toFixed(1).padStart(7)} ms\n`;
const added = bridge - bare;
process.stdout.write(`${rounds} of each, alternating; from the call to its result\n`);
for (const [index, name] of Object.keys(cases).entries()) {
  process.stdout.write(line(name, medians[index] ?? Number.NaN));
}
process.stdout.write(
  line(`bridge over bare (<= ${allowedMs})`, added) + line("bridge over native", bridge - old),
);
if (!(added <= allowedMs)) process.exitCode = 1;
