import type { CustomGateContext, CustomGateOutcome } from "../custom-gate.ts";
import type { CustomGateSpec } from "../gates/custom.ts";

/** The code of a pipeline's own gates, as it was when the pipeline was read. */
export interface GateModules {
  /**
   * Lets the gate's function judge. Rejects where it cannot be loaded, is not what the pipeline's digest covers, throws,
   * gives no outcome, or is not done in time; nothing of it is left running.
   */
  judge(
    gate: CustomGateSpec,
    context: CustomGateContext,
    options: { timeoutMs: number },
  ): Promise<CustomGateOutcome>;
}
