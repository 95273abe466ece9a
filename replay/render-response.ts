import type { Usage } from "../core/usage.ts";
import type { Action } from "./script.ts";

type ServerEvent = { type: string } & Record<string, unknown>;

/** A step's action as an item of the Responses API, as Codex 0.149 to 0.169 understand it. */
export function itemFor(action: Action, callId: string): Record<string, unknown> | null {
  if ("say" in action) {
    const text = typeof action.say === "string" ? action.say : JSON.stringify(action.say);
    return { type: "message", role: "assistant", id: callId, content: [{ type: "output_text", text }] };
  }
  if ("run" in action) return command(callId, { cmd: action.run });
  if ("ask" in action) {
    const more = { sandbox_permissions: "require_escalated", justification: action.why };
    return command(callId, { cmd: action.ask, ...more });
  }
  if ("patch" in action) return patch(callId, action.patch);
  if ("write" in action) return patch(callId, writeFile(action.write, action.content));
  return null;
}

/** Whether Codex answers the action with a result before the model speaks again. */
export function isCall(action: Action): boolean {
  return "run" in action || "ask" in action || "patch" in action || "write" in action;
}

/** One whole response as server-sent events. */
export function responseEvents(
  id: string,
  item: Record<string, unknown>,
  usage: Usage,
): readonly ServerEvent[] {
  return [
    { type: "response.created", response: { id } },
    { type: "response.output_item.added", output_index: 0, item },
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: { id, usage: wireUsage(usage) } },
  ];
}

function wireUsage(usage: Usage): Record<string, unknown> {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}

function command(callId: string, args: Record<string, unknown>): Record<string, unknown> {
  return { type: "function_call", name: "exec_command", call_id: callId, arguments: JSON.stringify(args) };
}

function patch(callId: string, input: string): Record<string, unknown> {
  return { type: "custom_tool_call", name: "apply_patch", call_id: callId, input };
}

/** `Add File` also replaces a file that is there. */
function writeFile(path: string, content: string): string {
  const lines = content.replace(/\n$/, "").split("\n");
  return [
    "*** Begin Patch",
    `*** Add File: ${path}`,
    ...lines.map((line) => `+${line}`),
    "*** End Patch",
  ].join("\n");
}
