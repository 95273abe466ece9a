import { messageOf, PortcullisError } from "../../core/errors.ts";
import { ThreadBusy } from "./thread.ts";
import { CallRefused } from "./threads.ts";

/** A tool's result, as `codex mcp-server` gave it; `_meta` names a failure for those who look. */
export interface CallResult {
  [member: string]: unknown;
  content: { type: "text"; text: string }[];
  structuredContent?: { threadId: string; content: string };
  isError?: true;
  _meta?: Record<string, unknown>;
}

/** Where a failure's code and `retryable` stand in a result. */
export const failureKey = "codex/failure";

export function said(threadId: string, text: string): CallResult {
  return { content: [{ type: "text", text }], structuredContent: { threadId, content: text } };
}

export function refused(text: string): CallResult {
  return { content: [{ type: "text", text }], isError: true };
}

export function failed(error: unknown, threadId: string | null): CallResult {
  const remedy = error instanceof PortcullisError ? `\n→ ${error.remedy}` : "";
  const text = `${messageOf(error)}${remedy}`;
  const base = threadId === null ? refused(text) : { ...said(threadId, text), isError: true as const };
  return { ...base, _meta: { [failureKey]: failureOf(error) } };
}

function failureOf(error: unknown): { code: string; retryable: boolean } {
  if (error instanceof PortcullisError) return { code: error.code, retryable: error.retryable };
  if (error instanceof CallRefused || error instanceof ThreadBusy) {
    return { code: "call.refused", retryable: error instanceof ThreadBusy };
  }
  return { code: "server.refused", retryable: false };
}
