import { PortcullisError } from "../../core/errors.ts";
import type { Pipeline } from "../../core/pipeline.ts";
import { checkCommit } from "../../index.ts";
import { planExecuteVerify } from "../../pipelines/plan-execute-verify.ts";

/** The same without the gates that look at the change: what a continuous integration that runs the tests would say. */
export const commandsAlone: Pipeline = {
  ...planExecuteVerify,
  name: "commands-alone",
  stages: [{ name: "check", kind: "check", role: null, gates: [{ kind: "commands", which: "all" }] }],
};

export interface Outcome {
  status: string;
  /** Gates that did not pass, or the code of the error that refused the input. */
  refusals: readonly string[];
  /** What they said, for people. */
  findings: readonly string[];
}

export interface Judged {
  repository: string;
  commit: string;
  base: string;
  stateDirectory: string;
  pipeline?: Pipeline;
}

export async function judgeCommit(options: Judged): Promise<Outcome> {
  try {
    const { state } = await checkCommit(options);
    const gates = [...state.tasks.values()]
      .flatMap(({ attempts }) => attempts)
      .flatMap((attempt) => attempt.gates.map(({ judgement }) => judgement))
      .filter(({ verdict }) => verdict !== "passed");
    const findings = gates.flatMap((gate) =>
      gate.findings.map(({ path, message, excerpt }) => `${gate.name}: ${path}: ${message}\n${excerpt}`),
    );
    return { status: state.status, refusals: gates.map(({ name }) => name), findings };
  } catch (error) {
    if (!(error instanceof PortcullisError)) throw error;
    return { status: "refused", refusals: [error.code], findings: [error.message] };
  }
}
