import type { WorkerActivity } from "../core/ports/agent-server.ts";
import { addUsage, noUsage, type Usage } from "../core/usage.ts";
import { knownMessage, type TokenCounts } from "./wire-schemas.ts";

/** A message of `codex/event` in our words; null where it means nothing to us (it is kept raw all the same). */
export function activityOf(payload: unknown): WorkerActivity | null {
  const parsed = knownMessage.safeParse(payload);
  if (!parsed.success) return null;
  const message = parsed.data;
  switch (message.type) {
    case "exec_command_begin":
      return { kind: "command-started", callId: message.call_id, command: message.command.join(" ") };
    case "exec_command_end":
      return { kind: "command-ended", callId: message.call_id, exitCode: message.exit_code ?? null };
    case "patch_apply_begin":
      return { kind: "patch", callId: message.call_id, paths: Object.keys(message.changes) };
    case "agent_message":
      return { kind: "message", text: message.message };
    case "token_count":
      return message.info ? { kind: "usage", usage: usageOf(message.info.total_token_usage) } : null;
    case "stream_error":
      return { kind: "trouble", text: message.message };
    case "error":
      return null;
  }
}

/** The message of an `error` event, or null. */
export function errorMessageOf(payload: unknown): string | null {
  const parsed = knownMessage.safeParse(payload);
  return parsed.success && parsed.data.type === "error" ? parsed.data.message : null;
}

/**
 * Codex counts over each whole thread; a turn is what has come on top since the one before. On a thread that was resumed the
 * past is told before the turn starts, and is not counted again.
 */
export function createUsageMeter(): {
  beginTurn(): void;
  saw(threadId: string | null, total: Usage): void;
  /** Nothing before the turn begins: what is told then is the past. */
  turnSoFar(): Usage;
  endTurn(): Usage;
} {
  const totals = new Map<string | null, Usage>();
  const sum = (): Usage => [...totals.values()].reduce(addUsage, noUsage);
  let before = noUsage;
  let running = false;
  const sinceBefore = (): Usage => {
    const total = sum();
    return {
      inputTokens: Math.max(0, total.inputTokens - before.inputTokens),
      cachedInputTokens: Math.max(0, total.cachedInputTokens - before.cachedInputTokens),
      outputTokens: Math.max(0, total.outputTokens - before.outputTokens),
      reasoningTokens: Math.max(0, total.reasoningTokens - before.reasoningTokens),
    };
  };
  return {
    beginTurn: () => {
      before = sum();
      running = true;
    },
    saw: (threadId, total) => totals.set(threadId, total),
    turnSoFar: () => (running ? sinceBefore() : noUsage),
    endTurn: () => {
      const turn = sinceBefore();
      running = false;
      before = sum();
      return turn;
    },
  };
}

function usageOf(counts: TokenCounts): Usage {
  return {
    inputTokens: counts.input_tokens,
    cachedInputTokens: counts.cached_input_tokens ?? 0,
    outputTokens: counts.output_tokens,
    reasoningTokens: counts.reasoning_output_tokens ?? 0,
  };
}
