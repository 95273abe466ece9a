import type { ThreadItem } from "../protocol.ts";
import { commandCore, commandOutcome } from "./commands.ts";
import { patchChanges } from "./patches.ts";
import { pascal, snake, snakeKeys } from "./rename.ts";

export type CoreMessage = { type: string } & Record<string, unknown>;

export interface ItemMoment {
  thread_id: string;
  turn_id: string;
  started_at_ms: number | null;
  completed_at_ms?: number | null;
}

/** An item of a thread as the core names it: `CommandExecution`, members with underscores. */
export function coreItem(item: ThreadItem, completed: boolean): Record<string, unknown> {
  switch (item.type) {
    case "userMessage":
      return { type: "UserMessage", id: item.id, content: item.content };
    case "agentMessage":
      return { type: "AgentMessage", id: item.id, content: [{ type: "Text", text: item.text }] };
    case "reasoning":
      return { type: "Reasoning", id: item.id, summary_text: item.summary, raw_content: item.content };
    case "commandExecution": {
      const status = snake(item.status);
      const head = { type: "CommandExecution", id: item.id, ...commandCore(item), status };
      return completed ? { ...head, ...commandOutcome(item) } : head;
    }
    case "fileChange": {
      const head = { type: "FileChange", id: item.id, changes: patchChanges(item.changes) };
      return completed ? { ...head, status: snake(item.status), stdout: "", stderr: "" } : head;
    }
    default: {
      const { type, startedAtMs: _started, completedAtMs: _completed, ...rest } = item;
      return { type: pascal(type), ...(snakeKeys(rest, keptWhole) as Record<string, unknown>) };
    }
  }
}

/** Members whose keys belong to somebody else. */
const keptWhole = ["arguments", "result", "contentItems", "results"];

/** The events of their own that the core had beside `item_started`. */
export function startEvents(
  item: ThreadItem,
  { turn_id, started_at_ms }: ItemMoment,
): readonly CoreMessage[] {
  switch (item.type) {
    case "commandExecution":
      return [{ type: "exec_command_begin", call_id: item.id, turn_id, started_at_ms, ...commandCore(item) }];
    case "fileChange":
      return [{ type: "patch_apply_begin", call_id: item.id, turn_id, changes: patchChanges(item.changes) }];
    case "mcpToolCall":
      return [{ type: "mcp_tool_call_begin", call_id: item.id, invocation: invocationOf(item) }];
    case "webSearch":
      return [{ type: "web_search_begin", call_id: item.id }];
    default:
      return [];
  }
}

/** The events of their own that the core had beside `item_completed`. */
export function endEvents(item: ThreadItem, moment: ItemMoment): readonly CoreMessage[] {
  const { turn_id } = moment;
  const completed_at_ms = moment.completed_at_ms ?? null;
  switch (item.type) {
    case "userMessage":
      return [{ type: "user_message", ...userMessage(item.content) }];
    case "agentMessage":
      return [
        {
          type: "agent_message",
          message: item.text,
          phase: item.phase,
          memory_citation: snakeKeys(item.memoryCitation),
        },
      ];
    case "reasoning":
      return item.summary.map((text) => ({ type: "agent_reasoning", text }));
    case "commandExecution": {
      const about = { call_id: item.id, turn_id, completed_at_ms };
      const outcome = { ...commandOutcome(item), status: snake(item.status) };
      return [{ type: "exec_command_end", ...about, ...commandCore(item), ...outcome }];
    }
    case "fileChange": {
      const success = item.status === "completed";
      const outcome = { stdout: "", stderr: "", success, status: snake(item.status) };
      const changes = patchChanges(item.changes);
      return [{ type: "patch_apply_end", call_id: item.id, turn_id, ...outcome, changes }];
    }
    case "mcpToolCall": {
      const result = item.error === null ? { Ok: item.result } : { Err: item.error.message };
      return [{ type: "mcp_tool_call_end", call_id: item.id, invocation: invocationOf(item), result }];
    }
    case "webSearch":
      return [{ type: "web_search_end", call_id: item.id, query: item.query, action: item.action }];
    default:
      return [];
  }
}

function invocationOf(item: Extract<ThreadItem, { type: "mcpToolCall" }>): Record<string, unknown> {
  return { server: item.server, tool: item.tool, arguments: item.arguments };
}

function userMessage(content: Extract<ThreadItem, { type: "userMessage" }>["content"]) {
  const texts = content.flatMap((part) => (part.type === "text" ? [part] : []));
  return {
    message: texts.map(({ text }) => text).join("\n"),
    images: content.flatMap((part) => (part.type === "image" && "url" in part ? [part.url] : [])),
    local_images: content.flatMap((part) => (part.type === "localImage" ? [part.path] : [])),
    audio: content.flatMap((part) => (part.type === "audio" && "url" in part ? [part.url] : [])),
    local_audio: content.flatMap((part) => (part.type === "localAudio" ? [part.path] : [])),
    text_elements: texts.flatMap(({ text_elements }) => text_elements),
  };
}
