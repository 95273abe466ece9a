/** Bounds that hold everywhere; each is named in the message of the error that it causes. */
export const limits = {
  goalBytes: 64 * 1024,
  configBytes: 256 * 1024,
  /** An agent's answer; a longer one is no handoff. */
  answerBytes: 256 * 1024,
  /** What is kept of a command's output: the head and the tail, half each. */
  commandOutputBytes: 1024 * 1024,
  artifactBytes: 16 * 1024 * 1024,
  humanAnswerMs: 24 * 3600_000,
  /** A TypeScript pipeline or the modules of its gates, until they are imported. */
  pipelineLoadMs: 20_000,
  /** Files that a pipeline with code is made of. */
  pipelineFiles: 2000,
  /** Both sides of all changed files together, where a gate looks into them. */
  diffBytes: 32 * 1024 * 1024,
  findingsPerGate: 20,
  findingCharacters: 4000,
  tasksPerPlan: 50,
  changedPaths: 5000,
  /** The list of changes in the prompt of a reviewer. */
  promptChangesCharacters: 32 * 1024,
} as const;
