import type { EffectOf } from "../../core/effect.ts";
import type { AgentWorker } from "../../core/ports/agent-server.ts";
import type { Surroundings } from "../surroundings.ts";

/** How far the log may be behind a turn that runs. Shorter turns cost no append of their own. */
export const tellEveryMs = 1000;

/** Says in the log how a turn stands, where that has changed, until `stop`. `told` resolves when the last word of it is durable. */
export function tellProgress(
  { ordinal, taskKey, attemptId }: EffectOf<"run-turn">,
  worker: Pick<AgentWorker, "progress">,
  { log }: Pick<Surroundings, "log">,
): { stop(): void; told(): Promise<void> } {
  let said = "";
  let last: Promise<void> = Promise.resolve();
  const tell = (): void => {
    const progress = worker.progress();
    const now = JSON.stringify(progress);
    if (progress.threadId === null || now === said) return;
    said = now;
    const event = { type: "turn.progressed" as const, payload: { ordinal, ...progress } };
    last = last.then(() => log.append([{ event, taskKey, attemptId }]));
    last.catch(() => undefined);
  };
  const timer = setInterval(tell, tellEveryMs).unref();
  return { stop: () => clearInterval(timer), told: () => last };
}
