import { spawn } from "node:child_process";
import { join } from "node:path";

/** What the process of a run is told. */
export interface Order {
  goal: string;
  repository: string;
  /** A run to go on with, or null for a new one. */
  resume: string | null;
  /** The number of the fault point at which it kills itself, from 1, or null. */
  dieAtPoint: number | null;
  run: {
    stateDirectory: string;
    codexHome: string;
    model: string;
    codexSettings: Readonly<Record<string, unknown>>;
  };
}

/** What it says, a line each, before anything else happens. */
export type Word =
  | { said: "start"; orchestratorId: string }
  | { said: "event"; runId: string; id: string; sequence: number; payloadDigest: string }
  | { said: "point"; point: string }
  | { said: "end"; runId: string; status: string; reason: string | null };

export type Acknowledged = Extract<Word, { said: "event" }>;

export interface Orchestrated {
  killed: boolean;
  stderr: string;
  words: readonly Word[];
  durationMs: number;
}

/** Drives a run in a process of its own, which is killed after that time where one is given. */
export function orchestrate(order: Order, dieAfterMs: number | null): Promise<Orchestrated> {
  const program = join(import.meta.dirname, "processes/orchestrate.ts");
  const { PATH = "", HOME = "" } = process.env;
  const started = performance.now();
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    env: { PATH, HOME },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timer = dieAfterMs === null ? undefined : setTimeout(() => child.kill("SIGKILL"), dieAfterMs);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) =>
    child.once("exit", (_code, signal) => {
      clearTimeout(timer);
      const durationMs = performance.now() - started;
      // What it had said is in the pipe; descendants that still hold it say nothing.
      child.stdout.once("close", done);
      setTimeout(done, 200);
      let isDone = false;
      function done(): void {
        if (isDone) return;
        isDone = true;
        resolve({ killed: signal === "SIGKILL", stderr, words: wordsIn(stdout), durationMs });
      }
    }),
  );
}

/** The last line may be torn. */
function wordsIn(stdout: string): Word[] {
  const lines = stdout.split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Word);
}
