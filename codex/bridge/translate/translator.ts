import type {
  ThreadItem,
  ThreadStatus,
  ThreadTokenUsage,
  TokenUsageBreakdown,
  TurnError,
} from "../protocol.ts";
import { coreItem, endEvents, startEvents, type CoreMessage, type ItemMoment } from "./items.ts";
import { snake, snakeKeys } from "./rename.ts";

/** One `codex/event`: `id` is the turn's, or empty where it belongs to none. */
export interface CoreEvent {
  id: string;
  msg: CoreMessage;
}

/** The app-server's notifications of one thread as the events of `codex mcp-server`, in its order. */
export interface Translator {
  /** Unknown or unreadable ones give nothing: they are passed through raw to those who ask for them. */
  take(method: string, params: unknown): readonly CoreEvent[];
  /** A command whose approval was asked for begins, for the core, only once it is granted. */
  decided(itemId: string, approved: boolean): readonly CoreEvent[];
  /** The item as it was last seen: a request to approve a patch does not carry its changes. */
  item(itemId: string): ThreadItem | undefined;
}

/** What these notifications have in common; each has its own members beside it. */
interface Params {
  threadId: string;
  turnId: string;
  itemId: string;
  delta: string;
  item: ThreadItem;
  startedAtMs: number;
  completedAtMs: number;
  status: ThreadStatus;
  tokenUsage: ThreadTokenUsage;
  rateLimits: unknown;
  error: TurnError;
  willRetry: boolean;
  message: string;
  diff: string;
  explanation: string | null;
  plan: readonly { step: string; status: string }[];
  responseId: string;
  usage: TokenUsageBreakdown | null;
  usageMetadata: unknown;
  fromModel: string;
  toModel: string;
  reason: string;
  turn: {
    id: string;
    status: string;
    startedAt: number | null;
    completedAt: number | null;
    durationMs: number | null;
  };
}

export function createTranslator(threadId: string): Translator {
  const state: TranslationState = {
    threadId,
    items: new Map(),
    startedAt: new Map(),
    held: new Map(),
    waitsForApproval: false,
    rateLimits: null,
    contextWindow: null,
    lastMessage: null,
  };
  return {
    take(method, params) {
      try {
        if (Object.hasOwn(stateful, method)) return stateful[method]?.(state, params as Params) ?? [];
        return Object.hasOwn(simple, method) ? (simple[method]?.(params as Params) ?? []) : [];
      } catch {
        return [];
      }
    },
    decided(itemId, approved) {
      if (approved) return release(state, itemId);
      state.held.delete(itemId);
      return [];
    },
    item: (itemId) => state.items.get(itemId),
  };
}

interface TranslationState {
  threadId: string;
  items: Map<string, ThreadItem>;
  /** Versions before the current do not say it again at an item's end. */
  startedAt: Map<string, number>;
  /** Beginnings of commands that wait for an approval. */
  held: Map<string, readonly CoreEvent[]>;
  waitsForApproval: boolean;
  rateLimits: unknown;
  contextWindow: number | null;
  lastMessage: string | null;
}

function release(state: TranslationState, itemId: string): readonly CoreEvent[] {
  const events = state.held.get(itemId) ?? [];
  state.held.delete(itemId);
  return events;
}

function itemStarted(state: TranslationState, { item, turnId, startedAtMs }: Params): readonly CoreEvent[] {
  state.items.set(item.id, item);
  state.startedAt.set(item.id, startedAtMs);
  const moment: ItemMoment = { thread_id: state.threadId, turn_id: turnId, started_at_ms: startedAtMs };
  const first = { type: "item_started", ...moment, item: coreItem(item, false) };
  const events = [first, ...startEvents(item, moment)].map((msg) => ({ id: turnId, msg }));
  if (item.type !== "commandExecution" || !state.waitsForApproval) return events;
  state.held.set(item.id, events);
  return [];
}

function itemCompleted(
  state: TranslationState,
  { item, turnId, completedAtMs }: Params,
): readonly CoreEvent[] {
  const begun = release(state, item.id);
  const startedAtMs = item.startedAtMs ?? state.startedAt.get(item.id) ?? null;
  state.items.delete(item.id);
  state.startedAt.delete(item.id);
  if (item.type === "agentMessage") state.lastMessage = item.text;
  // A command that was refused never began, for the core.
  if (item.type === "commandExecution" && item.status === "declined") return [];
  const moment: ItemMoment = {
    thread_id: state.threadId,
    turn_id: turnId,
    started_at_ms: startedAtMs,
    completed_at_ms: completedAtMs,
  };
  const last = { type: "item_completed", ...moment, item: coreItem(item, true) };
  return [...begun, ...[last, ...endEvents(item, moment)].map((msg) => ({ id: turnId, msg }))];
}

function turnStarted(state: TranslationState, { turn }: Params): readonly CoreEvent[] {
  state.lastMessage = null;
  const { contextWindow } = state;
  const about = { turn_id: turn.id, started_at: turn.startedAt, model_context_window: contextWindow };
  return one(turn.id, { type: "task_started", ...about, collaboration_mode_kind: "default" });
}

function turnCompleted({ lastMessage }: TranslationState, { turn }: Params): readonly CoreEvent[] {
  const about = {
    turn_id: turn.id,
    started_at: turn.startedAt,
    completed_at: turn.completedAt,
    duration_ms: turn.durationMs,
  };
  if (turn.status === "interrupted") {
    return one(turn.id, { type: "turn_aborted", reason: "interrupted", ...about });
  }
  // After a failure there is the event `error`, and no end of its own.
  if (turn.status !== "completed") return [];
  return one(turn.id, { type: "task_complete", last_agent_message: lastMessage, ...about });
}

function tokenCount(state: TranslationState, { turnId, tokenUsage }: Params): readonly CoreEvent[] {
  const { total, last, modelContextWindow } = tokenUsage;
  state.contextWindow = modelContextWindow;
  const info = {
    total_token_usage: snakeKeys(total),
    last_token_usage: snakeKeys(last),
    model_context_window: modelContextWindow,
  };
  return one(turnId, { type: "token_count", info, rate_limits: state.rateLimits });
}

type Stateful = (state: TranslationState, params: Params) => readonly CoreEvent[];

/** Those that need to know what came before. */
const stateful: Readonly<Record<string, Stateful>> = {
  "turn/started": turnStarted,
  "turn/completed": turnCompleted,
  "item/started": itemStarted,
  "item/completed": itemCompleted,
  "thread/tokenUsage/updated": tokenCount,
  "thread/status/changed": (state, { status }) => {
    state.waitsForApproval = status.type === "active" && status.activeFlags.includes("waitingOnApproval");
    return [];
  },
  "account/rateLimits/updated": (state, { rateLimits }) => {
    state.rateLimits = snakeKeys(rateLimits);
    return [];
  },
  "item/commandExecution/outputDelta": (state, { turnId, itemId, delta }) => {
    const chunk = Buffer.from(delta).toString("base64");
    const msg = { type: "exec_command_output_delta", call_id: itemId, stream: "stdout", chunk };
    return [...release(state, itemId), { id: turnId, msg }];
  },
};

/** Those that say the same under another name. */
const simple: Readonly<Record<string, (params: Params) => readonly CoreEvent[]>> = {
  "rawResponseItem/completed": ({ turnId, item }) => one(turnId, { type: "raw_response_item", item }),
  "rawResponse/completed": ({ turnId, responseId, usage, usageMetadata }) =>
    one(turnId, {
      type: "raw_response_completed",
      response_id: responseId,
      token_usage: snakeKeys(usage),
      usage_metadata: usageMetadata,
    }),
  "item/agentMessage/delta": (params) => contentDelta("agent_message_content_delta", params),
  "item/reasoning/summaryTextDelta": (params) => contentDelta("reasoning_content_delta", params),
  "item/reasoning/textDelta": (params) => contentDelta("reasoning_raw_content_delta", params),
  "turn/diff/updated": ({ turnId, diff }) => one(turnId, { type: "turn_diff", unified_diff: diff }),
  "turn/plan/updated": ({ turnId, explanation, plan }) =>
    one(turnId, {
      type: "plan_update",
      explanation,
      plan: plan.map(({ step, status }) => ({ step, status: snake(status) })),
    }),
  "thread/compacted": ({ turnId }) => one(turnId, { type: "context_compacted" }),
  "model/rerouted": ({ turnId, fromModel, toModel, reason }) =>
    one(turnId, { type: "model_reroute", from_model: fromModel, to_model: toModel, reason: snake(reason) }),
  warning: ({ message }) => one("", { type: "warning", message }),
  error: ({ turnId, error, willRetry }) =>
    one(turnId, {
      type: willRetry ? "stream_error" : "error",
      message: error.message,
      codex_error_info: errorInfo(error.codexErrorInfo),
      ...(willRetry ? { additional_details: error.additionalDetails } : {}),
    }),
};

function one(id: string, msg: CoreMessage): readonly CoreEvent[] {
  return [{ id, msg }];
}

function contentDelta(type: string, { threadId, turnId, itemId, delta }: Params): readonly CoreEvent[] {
  return one(turnId, { type, thread_id: threadId, turn_id: turnId, item_id: itemId, delta });
}

function errorInfo(info: TurnError["codexErrorInfo"]): unknown {
  return typeof info === "string" ? snake(info) : snakeKeys(info);
}
