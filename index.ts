/** The public API of Portcullis. What is heavy is in the modules behind it, which a command loads when it needs them. */
export { exitCodes, PortcullisError, type ErrorKind, type ExitCode } from "./core/errors.ts";
export type { EventEnvelope } from "./core/events/envelope.ts";
export type { RunEvent, RunEventType } from "./core/events/run-events.ts";
export type {
  CustomCommandResult,
  CustomGate,
  CustomGateContext,
  CustomGateOutcome,
} from "./core/custom-gate.ts";
export type { GateSpec, Pipeline, PipelineDefinition, StageSpec } from "./core/pipeline.ts";
export type { WorkerActivity } from "./core/ports/agent-server.ts";
export type { HumanAnswer, HumanDesk, HumanQuestion } from "./core/ports/human-desk.ts";
export type { Status } from "./core/status.ts";
export type { RunState } from "./orchestrator/state.ts";
export { lookAtRun, type Look, type RunView } from "./look.ts";
export { definePipeline } from "./pipelines/define-pipeline.ts";
export { planExecuteVerify } from "./pipelines/plan-execute-verify.ts";
export { scriptSchema, type Script } from "./replay/script.ts";
export { serveScript, type ScriptReport, type ScriptServer } from "./replay/serve-script.ts";
export { runDemo, type DemoOptions, type DemoResult } from "./run-demo.ts";
export { startRun, type RunOptions, type RunResult } from "./start-run.ts";
export { checkCommit, type CheckOptions, type CheckResult } from "./check-commit.ts";
export { initRepository, type Initialized } from "./init-repository.ts";
export { resumeRun, type ResumeOptions } from "./resume-run.ts";
export { cancelRun, type CancelOptions, type Cancelled } from "./cancel-run.ts";
