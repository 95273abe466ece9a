import type { CustomGateContext, CustomGateOutcome } from "../../core/custom-gate.ts";

/** A module by its file URL, and what it exports. */
export interface ModuleExport {
  url: string;
  name: string;
}

/** What the host is asked for; the first message that it gets. */
export interface HostRequest {
  /** Paths of files are told relative to this folder. */
  root: string;
  /** Nothing outside of the root may be imported. */
  confined: boolean;
  /** SHA-256 by path: anything else is refused before it runs. Null: whatever is found. */
  expected: Readonly<Record<string, string>> | null;
  /** A module that exports a pipeline; its custom gates are imported too. */
  pipeline: string | null;
  /** Gates to import. */
  gates: readonly ModuleExport[];
  /** Lets the one gate judge. */
  context: Omit<CustomGateContext, "readFile" | "listFiles" | "runCommand" | "signal"> | null;
}

/** What a gate may ask for while it judges. */
export type HostCall = {
  [K in "readFile" | "listFiles" | "runCommand"]: { method: K; args: Parameters<CustomGateContext[K]> };
}["readFile" | "listFiles" | "runCommand"];

export interface HostPlace {
  /** Absolute. */
  path: string;
  line: number;
  column: number | null;
}

export interface LoadedFile {
  path: string;
  sha256: string;
}

export type FromHost =
  | { kind: "ready" }
  | ({ kind: "call"; id: number } & HostCall)
  | { kind: "loaded"; pipeline: unknown; files: readonly LoadedFile[] }
  | { kind: "judged"; outcome: CustomGateOutcome }
  | { kind: "failed"; message: string; remedy: string | null; place: HostPlace | null };

export type ToHost =
  | { kind: "start"; request: HostRequest }
  | { kind: "abort" }
  | { kind: "answer"; id: number; value: unknown }
  | { kind: "refusal"; id: number; message: string };
