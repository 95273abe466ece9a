import type { Performer } from "./performer.ts";
import { repeat } from "./performer.ts";
import { runFacts } from "./run-facts.ts";

export const prepareEnvironment: Performer<"prepare-environment"> = {
  probe: repeat,
  async perform(effect, { log, environments, signal }) {
    const { config, pipeline } = runFacts(log.state);
    const { key, roots, reused, durationMs } = await environments.prepare({
      commit: effect.commit,
      setup: config.setup,
      timeoutMs: pipeline.limits.setupTimeoutMs,
      signal,
    });
    return { type: "environment.prepared", payload: { key, roots: [...roots], reused, durationMs } };
  },
};
