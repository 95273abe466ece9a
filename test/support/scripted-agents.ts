import type { AgentServer, AgentServerDescription, WorkerRequest } from "../../core/ports/agent-server.ts";
import { noUsage } from "../../core/usage.ts";

export interface TurnPlace {
  /** The work tree. */
  directory: string;
  prompt: string;
  /** Of this worker, from 1. */
  turn: number;
  workerId: string;
}

type Said = object | string | Error | null;

/** Does a turn's work in the work tree and gives the answer: an object is a packet, null a lost turn, an error a failed one. */
export type Play = (place: TurnPlace) => Said | Promise<Said>;

export interface ScriptedAgents extends AgentServer {
  /** Workers that were started and not ended. */
  readonly alive: ReadonlySet<string>;
  readonly started: readonly string[];
  readonly requests: readonly WorkerRequest[];
  readonly prompts: readonly { workerId: string; prompt: string; answerSchema: unknown }[];
}

const server: AgentServerDescription = {
  name: "scripted",
  version: "0",
  server: "mcp-server",
  path: "/none",
  reason: "a test",
};

/** The `AgentServer` port without a model: plays by task (`execute/a`) or by attempt (`execute/a#2`), the latter first. */
export function scriptedAgents(plays: Readonly<Record<string, Play>>): ScriptedAgents {
  const alive = new Set<string>();
  const started: string[] = [];
  const requests: WorkerRequest[] = [];
  const prompts: { workerId: string; prompt: string; answerSchema: unknown }[] = [];
  return {
    alive,
    started,
    requests,
    prompts,
    describe: async () => server,
    requireLogin: async () => undefined,
    async startWorker(request) {
      const { workerId, directory } = request;
      requests.push(request);
      const play = plays[workerId] ?? plays[workerId.replace(/#\d+$/, "")];
      alive.add(workerId);
      started.push(workerId);
      let turn = 0;
      return {
        pid: process.pid,
        startTime: "0",
        server,
        async runTurn({ prompt, answerSchema }) {
          turn += 1;
          prompts.push({ workerId, prompt, answerSchema });
          const said = (await play?.({ directory, prompt, turn, workerId })) ?? null;
          const rest = { threadId: `thread ${workerId}`, usage: { ...noUsage, inputTokens: 1 } };
          if (said instanceof Error) {
            const failure = { code: "model.failed", message: said.message, remedy: "wait", retryable: true };
            return { ...rest, answer: null, failure };
          }
          const answer = typeof said === "string" || said === null ? said : JSON.stringify(said);
          return { ...rest, answer, failure: null };
        },
        progress: () => ({ threadId: `thread ${workerId}`, usage: noUsage }),
        end: async () => {
          alive.delete(workerId);
          return "ended";
        },
      };
    },
  };
}
