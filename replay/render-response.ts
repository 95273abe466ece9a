import type { Usage } from "../core/usage.ts";
import { deletePatch, replacePatch, writePatch } from "./patch-text.ts";
import type { Action, ItemAction } from "./script.ts";

type Item = Record<string, unknown>;
type ServerEvent = { type: string } & Record<string, unknown>;

/** How actions look on the wire of some versions of Codex. */
export interface Rendering {
  item(action: ItemAction | { refuse: string }, id: string): Item;
  /** One whole response. */
  response(id: string, items: readonly Item[], usage: Usage): readonly ServerEvent[];
  /** What is sent of a response that breaks off. */
  beginning(id: string): readonly ServerEvent[];
}

/** Asked for with every command: Codex's most. It gives a result before the command's end otherwise, after 10 s. */
const yieldTimeMs = 30_000;

const responses: Rendering = {
  item(action, id) {
    if ("say" in action) {
      const text = typeof action.say === "string" ? action.say : JSON.stringify(action.say);
      return message(id, [{ type: "output_text", text }]);
    }
    if ("refuse" in action) return message(id, [{ type: "refusal", refusal: action.refuse }]);
    if ("run" in action) return command(id, { cmd: action.run });
    if ("ask" in action) {
      const more = { sandbox_permissions: "require_escalated", justification: action.why };
      return command(id, { cmd: action.ask, ...more });
    }
    return { type: "custom_tool_call", name: "apply_patch", call_id: id, input: patchText(action) };
  },
  response(id, items, usage) {
    return [
      { type: "response.created", response: { id } },
      ...items.flatMap((item, index) => [
        { type: "response.output_item.added", output_index: index, item },
        { type: "response.output_item.done", output_index: index, item },
      ]),
      { type: "response.completed", response: { id, usage: wireUsage(usage) } },
    ];
  },
  beginning(id) {
    const item = message(`${id}_message`, []);
    return [
      { type: "response.created", response: { id } },
      { type: "response.output_item.added", output_index: 0, item },
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "I was about to" },
    ];
  },
};

/** By what Codex speaks. `responses-1`: seen with 0.153.4 (`mcp-server`) and 0.169.0 (`exec`). */
export const renderings = { "responses-1": responses } as const;
export type WireVersion = keyof typeof renderings;

/** What Codex answers an action with before the model speaks again; null where it answers nothing. */
export function callKind(action: Action): "command" | "patch" | null {
  if ("run" in action || "ask" in action) return "command";
  return "patch" in action || "write" in action || "replace" in action || "delete" in action ? "patch" : null;
}

function patchText(
  action: Exclude<ItemAction, { say: unknown } | { run: string } | { ask: string }>,
): string {
  if ("patch" in action) return action.patch;
  if ("write" in action) return writePatch(action.write, action.content);
  if ("replace" in action) return replacePatch(action.replace, action.from, action.to);
  return deletePatch(action.delete);
}

function message(id: string, content: readonly unknown[]): Item {
  return { type: "message", role: "assistant", id, content };
}

function command(callId: string, args: Record<string, unknown>): Item {
  const all = JSON.stringify({ ...args, yield_time_ms: yieldTimeMs });
  return { type: "function_call", name: "exec_command", call_id: callId, arguments: all };
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
