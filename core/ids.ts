import { monotonicFactory } from "ulid";

/** Identifiers as a port. All sort by the time of their making. */
export interface Ids {
  /** 26 lower-case characters; part of branch and folder names. */
  run(): string;
  event(): string;
}

export function ulidIds(): Ids {
  const next = monotonicFactory();
  return { run: () => next().toLowerCase(), event: () => next().toLowerCase() };
}

/** `execute/slugify#2`: the second attempt at task `slugify` of stage `execute`. Also the worker's name. */
export function attemptId(task: string, number: number): string {
  return `${task}#${number}`;
}

/** `execute/slugify`: a task, unique within its run. */
export function taskKey(stage: string, taskId: string): string {
  return `${stage}/${taskId}`;
}
