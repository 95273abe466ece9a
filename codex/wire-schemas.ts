import { z } from "zod";
import { failureKey } from "./bridge/call-result.ts";

/** What Codex sends beside MCP itself (docs/codex-wire.md). All loose: what we do not know we keep, not refuse. */
export const codexEventParams = z.looseObject({
  _meta: z.looseObject({ threadId: z.string().optional() }).optional(),
  msg: z.looseObject({ type: z.string() }),
});

/** The bridge's own: a notification of the app-server as it came. */
export const rawEventParams = z.looseObject({
  _meta: z.looseObject({ threadId: z.string().nullable() }),
  method: z.string(),
  params: z.unknown().optional(),
});

export const elicitationParams = z.looseObject({
  message: z.string().optional(),
  codex_elicitation: z.string().optional(),
  codex_command: z.array(z.string()).optional(),
  codex_cwd: z.string().optional(),
  codex_changes: z.record(z.string(), z.unknown()).optional(),
});

export const toolResult = z.looseObject({
  isError: z.boolean().optional(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).optional(),
  structuredContent: z.looseObject({ threadId: z.string(), content: z.string() }).optional(),
  _meta: z
    .looseObject({
      [failureKey]: z.looseObject({ code: z.string(), retryable: z.boolean() }).optional(),
    })
    .optional(),
});
export type ToolResult = z.infer<typeof toolResult>;

const counts = z.looseObject({
  input_tokens: z.number(),
  cached_input_tokens: z.number().optional(),
  output_tokens: z.number(),
  reasoning_output_tokens: z.number().optional(),
});

/** The messages of `codex/event` that mean something to us. */
export const knownMessage = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("exec_command_begin"), call_id: z.string(), command: z.array(z.string()) }),
  z.looseObject({
    type: z.literal("exec_command_end"),
    call_id: z.string(),
    exit_code: z.number().nullish(),
  }),
  z.looseObject({
    type: z.literal("patch_apply_begin"),
    call_id: z.string(),
    changes: z.record(z.string(), z.unknown()),
  }),
  z.looseObject({ type: z.literal("agent_message"), message: z.string() }),
  z.looseObject({
    type: z.literal("token_count"),
    info: z.looseObject({ total_token_usage: counts }).nullish(),
  }),
  z.looseObject({ type: z.literal("error"), message: z.string() }),
  z.looseObject({ type: z.literal("stream_error"), message: z.string() }),
]);
export type KnownMessage = z.infer<typeof knownMessage>;
export type TokenCounts = z.infer<typeof counts>;
