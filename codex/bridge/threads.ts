import { statSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import type { AppServer } from "./app-server.ts";
import type { ThreadResumeParams, ThreadStartParams } from "./protocol.ts";
import { projectTrust } from "./project-trust.ts";
import { createThread, type BridgeThread, type CallListener } from "./thread.ts";
import type { ThreadSettings } from "./tools.ts";

/** What a client did wrong, in words for it. */
export class CallRefused extends Error {
  readonly threadId: string | null;
  constructor(message: string, threadId: string | null = null) {
    super(message);
    this.name = "CallRefused";
    this.threadId = threadId;
  }
}

const opened = z.looseObject({
  thread: z.looseObject({ id: z.string(), path: z.string().nullish(), modelProvider: z.string().nullish() }),
  model: z.string().nullish(),
  approvalPolicy: z.unknown().optional(),
  approvalsReviewer: z.unknown().optional(),
  cwd: z.string().nullish(),
  sandbox: z.unknown().optional(),
});
type Opened = z.infer<typeof opened>;

/** All threads of one bridge, over every server that it has had. */
export interface BridgeThreads {
  find(threadId: string): BridgeThread | undefined;
  all(): Iterable<BridgeThread>;
  /** A fresh thread, with `session_configured` told to the call. */
  start(server: AppServer, settings: ThreadSettings, call: CallListener): Promise<BridgeThread>;
  /** A thread that this server has loaded: as it is, or resumed with its settings. Error: `RpcError` where there is none. */
  load(server: AppServer, thread: BridgeThread, call: CallListener): Promise<void>;
  /** A thread that this bridge has not seen: known by id alone until it is loaded. */
  adopt(threadId: string, settings: ThreadSettings): BridgeThread;
  forget(threadId: string): void;
}

export function createThreads(): BridgeThreads {
  const threads = new Map<string, BridgeThread>();
  const adopt = (threadId: string, settings: ThreadSettings): BridgeThread => {
    const thread = createThread(threadId, settings);
    threads.set(threadId, thread);
    return thread;
  };
  return {
    find: (threadId) => threads.get(threadId),
    all: () => threads.values(),
    adopt,
    forget: (threadId) => threads.delete(threadId),
    async start(server, settings, call) {
      const params: ThreadStartParams & Raw = {
        ...(await wireSettings(server, settings, "fresh")),
        ...raw,
      };
      const { promise, resolve: done } = Promise.withResolvers<BridgeThread>();
      await server.request("thread/start", params, {
        // Before any notification of the thread is read: none is missed.
        onResult(result) {
          const answer = opened.parse(result);
          const thread = adopt(answer.thread.id, settings);
          thread.loadedBy = server;
          listen(thread, call);
          configured(call, answer);
          done(thread);
        },
      });
      return promise;
    },
    async load(server, thread, call) {
      listen(thread, call);
      if (thread.loadedBy === server) return;
      const params: ThreadResumeParams & Raw = {
        threadId: thread.id,
        ...(await wireSettings(server, thread.settings, "resumed")),
        ...raw,
        excludeTurns: true,
      };
      await server.request("thread/resume", params, {
        onResult(result) {
          thread.loadedBy = server;
          configured(call, opened.parse(result));
        },
      });
    },
  };
}

/** From here on the thread's messages go to this call. */
function listen(thread: BridgeThread, call: CallListener): void {
  call.threadId = thread.id;
  thread.call = call;
}

/** An experimental member: with it the app-server tells of the model's items and usage as they are. */
interface Raw {
  experimentalRawEvents: boolean;
}
const raw: Raw = { experimentalRawEvents: true };

function configured(call: CallListener, answer: Opened): void {
  const { thread } = answer;
  const msg = {
    type: "session_configured",
    session_id: thread.id,
    thread_id: thread.id,
    model: answer.model ?? null,
    model_provider_id: thread.modelProvider ?? null,
    approval_policy: answer.approvalPolicy ?? null,
    approvals_reviewer: answer.approvalsReviewer ?? null,
    sandbox_policy: answer.sandbox ?? null,
    cwd: answer.cwd ?? null,
    rollout_path: thread.path ?? null,
  };
  call.event({ id: "", msg });
  call.event({ id: "", msg: { type: "mcp_startup_complete", ready: [], failed: [], cancelled: [] } });
}

/** Settings under the app-server's names. Refuses a `cwd` that is no folder: the app-server would take it. */
async function wireSettings(
  server: AppServer,
  settings: ThreadSettings,
  thread: "fresh" | "resumed",
): Promise<Omit<ThreadResumeParams, "threadId">> {
  const { model, sandbox, cwd } = settings;
  const directory = cwd === undefined ? undefined : existingFolder(cwd);
  const compact = settings["compact-prompt"];
  const trust = await projectTrust(server, settings);
  // A thread that is resumed keeps its own where none is named.
  const usual = thread === "fresh" ? trust.approvalPolicy : null;
  const approvalPolicy = settings["approval-policy"] ?? usual;
  const config = {
    ...trust.config,
    ...settings.config,
    ...(compact === undefined ? {} : { compact_prompt: compact }),
  };
  return {
    ...(model === undefined ? {} : { model }),
    ...(directory === undefined ? {} : { cwd: directory }),
    ...(approvalPolicy === null ? {} : { approvalPolicy }),
    ...(sandbox === undefined ? {} : { sandbox }),
    ...(Object.keys(config).length === 0 ? {} : { config }),
    ...(settings["base-instructions"] === undefined
      ? {}
      : { baseInstructions: settings["base-instructions"] }),
    ...(settings["developer-instructions"] === undefined
      ? {}
      : { developerInstructions: settings["developer-instructions"] }),
  };
}

function existingFolder(cwd: string): string {
  const directory = resolve(cwd);
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return directory;
  const what = found === undefined ? "which does not exist" : "which is no folder";
  throw new CallRefused(`expected an existing folder as \`cwd\`, found '${directory}', ${what}`);
}
