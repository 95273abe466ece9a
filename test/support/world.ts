import { mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createCommandSandbox } from "../../codex/command-sandbox.ts";
import { systemClock } from "../../core/clock.ts";
import type { RepositoryConfig } from "../../core/config/schema.ts";
import type { EventEnvelope } from "../../core/events/envelope.ts";
import type { AgentServer } from "../../core/ports/agent-server.ts";
import type { EventLog } from "../../core/ports/event-log.ts";
import type { PipelineSource } from "../../core/pipeline.ts";
import type { GateModules } from "../../core/ports/gate-modules.ts";
import type { HumanDesk } from "../../core/ports/human-desk.ts";
import type { Lead } from "../../core/ports/lead.ts";
import { createRedactor } from "../../core/redaction.ts";
import { createMemoryStore } from "../../db/memory/memory-store.ts";
import type { Store } from "../../db/open-store.ts";
import { createEnvironments } from "../../orchestrator/environment/prepare.ts";
import { commandVariables } from "../../orchestrator/environment/variables.ts";
import { absentDesk } from "../../orchestrator/absent-desk.ts";
import { createGateCheckouts } from "../../orchestrator/gate-checkouts.ts";
import { refusingDesk } from "../../orchestrator/refusing-desk.ts";
import { rulesLead } from "../../orchestrator/rules-lead.ts";
import { createRunFolders } from "../../orchestrator/run-folders.ts";
import { openRunLog } from "../../orchestrator/run-log.ts";
import type { RunFacts } from "../../orchestrator/state.ts";
import type { Surroundings } from "../../orchestrator/surroundings.ts";
import { openGitPublisher } from "../../orchestrator/workspace/git-publisher.ts";
import { openGitWorkspace } from "../../orchestrator/workspace/git-workspace.ts";
import { openRepository } from "../../orchestrator/workspace/repository.ts";
import { planExecuteVerify } from "../../pipelines/plan-execute-verify.ts";
import { makeRepository } from "./git-repository.ts";
import { scratchDirectory } from "./scratch.ts";
import { scriptedAgents } from "./scripted-agents.ts";

/** What outlives an orchestrator: the user's repository, the state folder, the store. */
export interface Place {
  root: string;
  base: string;
  stateDirectory: string;
  store: Store;
}

export function makePlace(files: Readonly<Record<string, string>>): Place {
  const { root, commit } = makeRepository(files);
  const stateDirectory = realpathSync(scratchDirectory("state"));
  return { root, base: commit, stateDirectory, store: createMemoryStore({ redactor: createRedactor([]) }) };
}

export interface WorldOptions {
  agents?: AgentServer;
  lead?: Lead;
  human?: HumanDesk;
  gateModules?: GateModules;
  signal?: AbortSignal;
  events?: EventLog;
  observe?: (envelope: EventEnvelope) => void;
}

/** One orchestrator's world at a place: real git, real sandbox, the memory store; only the agents are the test's. */
export async function openWorld(place: Place, options: WorldOptions = {}): Promise<Surroundings> {
  const { stateDirectory, store } = place;
  const repository = await openRepository(place.root);
  const workspace = await openGitWorkspace({ repository, stateDirectory });
  await workspace.fetch(place.base);
  const sandbox = createCommandSandbox({ folder: join(stateDirectory, "sandbox") });
  const environments = createEnvironments({
    stateDirectory,
    workspace,
    sandbox,
    variables: process.env,
    denied: [],
  });
  return {
    log: await openRunLog({
      runId: "run",
      events: options.events ?? store.events,
      observe: (envelope) => options.observe?.(envelope),
    }),
    workspace,
    publisher: await openGitPublisher({ repository, stateDirectory }),
    environments,
    checkouts: createGateCheckouts({ runId: "run", workspace, environments }),
    agentServer: options.agents ?? scriptedAgents({}),
    sandbox,
    artifacts: store.artifacts,
    wire: store.wire,
    approvals: refusingDesk,
    human: options.human ?? absentDesk,
    gateModules: options.gateModules ?? null,
    lead: options.lead ?? rulesLead,
    clock: systemClock,
    folders: createRunFolders(stateDirectory, "run"),
    commandEnvironment: (checkout) => commandVariables(process.env, checkout),
    denied: [],
    workers: new Map(),
    activity: () => undefined,
    reach: () => undefined,
    signal: options.signal ?? new AbortController().signal,
  };
}

export interface RunRequest {
  goal?: string;
  config?: Partial<RepositoryConfig>;
  limits?: Partial<RunFacts["pipeline"]["limits"]>;
  source?: PipelineSource;
}

/** The first event of a run at this place. */
export function factsOf(
  place: Place,
  { goal = "a goal", config, limits, source }: RunRequest = {},
): RunFacts {
  return {
    goal,
    repository: { id: "r", path: place.root },
    baseCommit: place.base,
    branch: "portcullis/run",
    pipeline: {
      ...planExecuteVerify,
      limits: { ...planExecuteVerify.limits, ...limits },
      ...(source === undefined ? {} : { source }),
    },
    config: { setup: null, commands: { test: "true" }, protected: [], ...config },
    codex: { name: "codex", version: "0", server: "mcp-server", path: "/c", reason: "a test" },
    model: null,
    lead: "rules",
    leftOut: [],
  };
}

/** A commit on `parent` with these files; null takes one away. */
export async function commitOn(
  { workspace }: Surroundings,
  parent: string,
  files: Readonly<Record<string, string | Uint8Array | null>>,
  arrange: (directory: string) => void = () => undefined,
): Promise<string> {
  const checkout = await workspace.checkOut("candidate", parent);
  for (const [path, content] of Object.entries(files)) {
    const full = join(checkout.directory, path);
    mkdirSync(dirname(full), { recursive: true });
    if (content === null) rmSync(full);
    else writeFileSync(full, content);
  }
  arrange(checkout.directory);
  const about = { message: "Work", trailers: {}, leaveOut: [], ref: `refs/test/${Date.now()}` };
  const { commit } = await workspace.commit({ checkout, parent, ...about });
  await workspace.removeCheckout(checkout.id);
  return commit;
}
