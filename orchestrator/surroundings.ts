import type { Checkout, Workspace } from "../core/ports/workspace.ts";
import type { AgentServer, AgentWorker, WorkerActivity } from "../core/ports/agent-server.ts";
import type { ApprovalDesk } from "../core/ports/approval-desk.ts";
import type { ArtifactStore } from "../core/ports/artifact-store.ts";
import type { CommandSandbox } from "../core/ports/command-sandbox.ts";
import type { GateModules } from "../core/ports/gate-modules.ts";
import type { HumanDesk } from "../core/ports/human-desk.ts";
import type { Lead } from "../core/ports/lead.ts";
import type { Publisher } from "../core/ports/publisher.ts";
import type { WireLog } from "../core/ports/wire-log.ts";
import type { Clock } from "../core/clock.ts";
import type { RunLog } from "./run-log.ts";

/** An environment that was prepared. */
export interface Environment {
  key: string;
  roots: readonly string[];
}

/** Installed dependencies, by the digest of what they are installed from. */
export interface Environments {
  prepare(request: {
    commit: string;
    setup: string | null;
    timeoutMs: number;
    signal: AbortSignal;
  }): Promise<Environment & { reused: boolean; durationMs: number }>;
  /** Puts a copy of the environment into a checkout. */
  give(environment: Environment, checkout: Checkout, signal?: AbortSignal): Promise<void>;
  /** Where the original lies; tools may name it by its path, so sandboxes let it be read. */
  directoryOf(key: string): string;
}

/** Clean checkouts with their environment, each for one use: what anything may have executed in is never given again. */
export interface GateCheckouts {
  /** Makes some ahead, in the background, near to what will be asked for. */
  expect(wanted: { count: number; commit: string; environment: Environment }): void;
  /** One of exactly this commit and environment, made ahead or now. */
  take(id: string, commit: string, environment: Environment): Promise<Checkout>;
  /** Out of the way when this resolves; removed in the background. */
  discard(checkout: Checkout): Promise<void>;
  /** Nothing is made any more, and nothing of them stays when this resolves. */
  close(): Promise<void>;
}

/** Where a run keeps what is no part of its log. */
export interface RunFolders {
  stateDirectory: string;
  /** A fresh, empty folder for temporary files of one worker or command. */
  makeTemporary(name: string): Promise<string>;
  removeTemporary(directory: string): Promise<void>;
}

/** The world, as ports: all that performing an effect may touch. */
export interface Surroundings {
  log: RunLog;
  workspace: Workspace;
  publisher: Publisher;
  environments: Environments;
  checkouts: GateCheckouts;
  agentServer: AgentServer;
  sandbox: CommandSandbox;
  artifacts: ArtifactStore;
  wire: WireLog;
  approvals: ApprovalDesk;
  human: HumanDesk;
  /** Null where the pipeline has no code of its own. */
  gateModules: GateModules | null;
  lead: Lead;
  clock: Clock;
  folders: RunFolders;
  /** Variables that commands in a checkout get; secrets are not among them. */
  commandEnvironment(checkoutDirectory: string): Readonly<Record<string, string>>;
  /** Paths that neither workers nor commands may read. */
  denied: readonly string[];
  /** Live workers of this process, by attempt. */
  workers: Map<string, { worker: AgentWorker; temporaryDirectory: string }>;
  activity(attemptId: string, activity: WorkerActivity): void;
  /** Told of each point of a run at which it could be killed: `EFFECT:intended`, `EFFECT:done`, `EFFECT:settled`. */
  reach(point: string): void;
  signal: AbortSignal;
}
