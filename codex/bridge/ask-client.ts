import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { z } from "zod";
import { readReply, refusal, type Reply } from "./reply.ts";
import type { Question } from "./server-requests.ts";
import type { BridgeThread } from "./thread.ts";

const noForm = { type: "object", properties: {} };

/**
 * Asks the client by `elicitation/create`, with the members that `codex mcp-server` sent, whether or not it said that it can
 * answer. No answer in time, an error, or the end of the call is a refusal. Never rejects.
 */
export async function askClient(
  mcp: Server,
  thread: BridgeThread,
  question: Question,
  timeoutMs: number,
): Promise<Reply> {
  const { call } = thread;
  if (call === null) return refusal;
  if (question.event !== null) call.event({ id: thread.turnId ?? "", msg: question.event });
  const params = {
    message: question.message,
    requestedSchema: question.requestedSchema ?? noForm,
    threadId: thread.id,
    codex_elicitation: question.kind,
    codex_mcp_tool_call_id: String(call.requestId),
    codex_event_id: thread.turnId ?? "",
    codex_call_id: question.callId,
    ...question.fields,
  };
  try {
    // Not the SDK's own schema: it drops what it does not know, and so the decision.
    const request = { method: "elicitation/create", params } as unknown as Parameters<Server["request"]>[0];
    const options = { timeout: timeoutMs, signal: call.signal, relatedRequestId: call.requestId };
    return readReply(await mcp.request(request, z.looseObject({}), options));
  } catch {
    return refusal;
  }
}
