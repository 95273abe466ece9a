import type { AgentServer, AgentServerDescription } from "../../core/ports/agent-server.ts";
import { noUsage } from "../../core/usage.ts";

export interface TurnPlace {
  /** The work tree. */
  directory: string;
  prompt: string;
  /** Of this worker, from 1. */
  turn: number;
  workerId: string;
}

/** Does a turn's work in the work tree and gives the answer: an object is a packet, null a lost turn. */
export type Play = (place: TurnPlace) => object | string | null | Promise<object | string | null>;

export interface ScriptedAgents extends AgentServer {
  /** Workers that were started and not ended. */
  readonly alive: ReadonlySet<string>;
  readonly started: readonly string[];
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
  const prompts: { workerId: string; prompt: string; answerSchema: unknown }[] = [];
  return {
    alive,
    started,
    prompts,
    describe: async () => server,
    requireLogin: async () => undefined,
    async startWorker({ workerId, directory }) {
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
          const answer = typeof said === "string" || said === null ? said : JSON.stringify(said);
          return {
            threadId: `thread ${workerId}`,
            answer,
            usage: { ...noUsage, inputTokens: 1 },
            failure: null,
          };
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
