/**
 * The process in which a pipeline's own code runs: it imports what it is told, and lets one gate judge if it is asked. Node's
 * permissions (it reads files, writes none and starts nothing) are given to it by `start-host.ts`, which also ends it.
 */
import { fileURLToPath } from "node:url";
import type { CustomGate, CustomGateContext } from "../../core/custom-gate.ts";
import { placeIn } from "./error-place.ts";
import type { FromHost, HostCall, HostPlace, HostRequest, ModuleExport, ToHost } from "./messages.ts";
import { placeKey, recordModules, type ModuleGraph } from "./module-graph.ts";

const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
let calls = 0;
const over = new AbortController();

process.on("message", (message: ToHost) => {
  if (message.kind === "start") return void start(message.request);
  if (message.kind === "abort") return over.abort();
  const call = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.kind === "answer") call?.resolve(message.value);
  else call?.reject(new Error(message.message));
});
process.on("disconnect", () => process.exit());
send({ kind: "ready" });

function send(message: FromHost): void {
  process.send?.(message);
}

async function start(request: HostRequest): Promise<void> {
  const entries = new Set([
    ...request.gates.map(({ url }) => url),
    ...(request.pipeline === null ? [] : [request.pipeline]),
  ]);
  const graph = recordModules(request, entries);
  try {
    if (request.context !== null) return await judge(request, request.context);
    const pipeline = request.pipeline === null ? null : await importPipeline(request.pipeline);
    const gates = request.pipeline === null ? request.gates : gatesIn(pipeline, request.pipeline);
    for (const gate of gates) {
      entries.add(gate.url);
      await importGate(gate);
    }
    send({ kind: "loaded", pipeline, files: graph.files() });
  } catch (error) {
    fail(error, graph);
  }
}

async function importPipeline(url: string): Promise<unknown> {
  const module = (await import(url)) as { default?: unknown };
  if (typeof module.default !== "object" || module.default === null) {
    throw new Error(`expected a pipeline as the default export: export default definePipeline({…})`);
  }
  return JSON.parse(JSON.stringify(module.default));
}

/** Custom gates of what may be a pipeline; whether it is one is judged outside. */
function gatesIn(pipeline: unknown, from: string): ModuleExport[] {
  const { stages } = pipeline as { stages?: unknown };
  const gates = (Array.isArray(stages) ? stages : []).flatMap((stage: { gates?: unknown } | null) =>
    Array.isArray(stage?.gates)
      ? (stage.gates as ({ kind?: unknown; module?: unknown; export?: unknown } | null)[])
      : [],
  );
  return gates.flatMap((gate) => {
    if (gate?.kind !== "custom" || typeof gate.module !== "string") return [];
    const name = typeof gate.export === "string" ? gate.export : "default";
    return [{ url: new URL(gate.module, from).href, name }];
  });
}

async function importGate({ url, name }: ModuleExport): Promise<CustomGate> {
  const module = (await import(url).catch((error: unknown) => {
    const isMissing = error instanceof Error && (error as { url?: string }).url === url;
    throw isMissing ? new Error(`there is no module '${fileURLToPath(url)}' for a gate`) : error;
  })) as Record<string, unknown>;
  const gate = Object.hasOwn(module, name) ? module[name] : undefined;
  if (typeof gate === "function") return gate as CustomGate;
  const found = Object.keys(module).join(", ") || "nothing";
  throw new Error(`'${url.split("/").at(-1)}' does not export a function as '${name}'; it exports ${found}`);
}

async function judge(
  { gates: [gate] }: HostRequest,
  given: NonNullable<HostRequest["context"]>,
): Promise<void> {
  if (gate === undefined) throw new Error("no gate is named");
  const ask = (call: HostCall): Promise<unknown> => {
    calls += 1;
    const id = calls;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    send({ kind: "call", id, ...call });
    return answer;
  };
  const context = Object.freeze({
    ...given,
    signal: over.signal,
    readFile: (...args) => ask({ method: "readFile", args }) as ReturnType<CustomGateContext["readFile"]>,
    listFiles: (...args) => ask({ method: "listFiles", args }) as ReturnType<CustomGateContext["listFiles"]>,
    runCommand: (...args) =>
      ask({ method: "runCommand", args }) as ReturnType<CustomGateContext["runCommand"]>,
  } satisfies CustomGateContext);
  const judgeIt = await importGate(gate);
  send({ kind: "judged", outcome: await judgeIt(context) });
}

function fail(error: unknown, graph: ModuleGraph): void {
  const isOwn = (path: string): boolean => graph.has(path);
  const thrown = error instanceof Error ? error : new Error(`it threw ${String(error)}`);
  const attached = (thrown as { [placeKey]?: HostPlace })[placeKey] ?? null;
  const place = attached ?? placeIn(thrown.stack ?? "", isOwn);
  if (place === null && thrown instanceof SyntaxError) {
    // Where it stands Node tells only when it prints the error of a process that dies of it.
    setImmediate(() => {
      throw thrown;
    });
    return;
  }
  const { remedy } = thrown as { remedy?: unknown };
  send({
    kind: "failed",
    message: thrown.message,
    remedy: typeof remedy === "string" ? remedy : null,
    place,
  });
}
