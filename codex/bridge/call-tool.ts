import { RpcError } from "./json-rpc.ts";
import type { ToolCall } from "./call.ts";
import { failed, refused, said, type CallResult } from "./call-result.ts";
import type { BridgeCore } from "./create-bridge.ts";
import { interruptTurn, runTurn, type TurnEnd } from "./run-turn.ts";
import type { BridgeThread } from "./thread.ts";
import { CallRefused } from "./threads.ts";
import { parseArguments } from "./tool-arguments.ts";
import { codexArguments, interruptArguments, replyArguments, type ReplyArguments } from "./tools.ts";

/** Carries out a call. What goes wrong is a result with `isError`; it never rejects. */
export async function callTool(
  core: BridgeCore,
  name: string,
  args: unknown,
  call: ToolCall,
): Promise<CallResult> {
  try {
    switch (name) {
      case "codex":
        return await startThread(core, args, call);
      case "codex-reply":
        return await reply(core, args, call);
      case "codex-interrupt":
        return await interrupt(core, args);
      default:
        return refused(`Unknown tool '${name}'`);
    }
  } catch (error) {
    return failed(error, null);
  }
}

async function startThread(core: BridgeCore, args: unknown, call: ToolCall): Promise<CallResult> {
  const parsed = parseArguments(codexArguments, args);
  if (!parsed.ok) return refused(parsed.problem);
  const { prompt, "output-schema": outputSchema, ...settings } = parsed.value;
  const thread = await core.threads.start(await core.server(), settings, call);
  return thread.enqueue(() => takeTurn(core, thread, { prompt, outputSchema }, call));
}

async function reply(core: BridgeCore, args: unknown, call: ToolCall): Promise<CallResult> {
  const parsed = parseArguments(replyArguments, args);
  if (!parsed.ok) return refused(parsed.problem);
  const { prompt, threadId, conversationId, "output-schema": outputSchema, ...settings } = parsed.value;
  const id = threadId ?? conversationId;
  if (id === undefined) {
    return refused("Failed to parse thread_id: either threadId or conversationId must be provided");
  }
  const known = core.threads.find(id);
  const isLoaded = known?.loadedBy?.alive === true;
  if (isLoaded && Object.keys(settings).length > 0) {
    const given = Object.keys(settings).join(", ");
    return failed(new CallRefused(`the thread has its settings already; leave out ${given}`, id), id);
  }
  const resumes = !isLoaded && (known === undefined || Object.keys(settings).length > 0);
  const readsOnly = resumes && !saysWhatItMay(settings);
  const own: Settings = readsOnly ? { ...settings, sandbox: "read-only" } : settings;
  const thread = known ?? core.threads.adopt(id, own);
  if (resumes) thread.settings = own;
  return thread.enqueue(() => takeTurn(core, thread, { prompt, outputSchema, readsOnly }, call));
}

type Settings = Omit<ReplyArguments, "prompt" | "threadId" | "conversationId" | "output-schema">;

/** What a thread might do is not known after a restart: without a word on it, it reads only. */
function saysWhatItMay({ sandbox, config }: Settings): boolean {
  return (sandbox ?? config?.["default_permissions"] ?? config?.["sandbox_mode"]) !== undefined;
}

async function takeTurn(
  core: BridgeCore,
  thread: BridgeThread,
  turn: { prompt: string; outputSchema: unknown; readsOnly?: boolean },
  call: ToolCall,
): Promise<CallResult> {
  if (call.signal.aborted) return refused("the call was cancelled");
  const server = await core.server();
  try {
    await core.threads.load(server, thread, call);
    if (turn.readsOnly === true) tellReadOnly(call, thread.id);
    const { signal, traceparent } = call;
    const end = await runTurn(server, thread, { ...turn, signal, traceparent }, core.bounds);
    return resultOf(thread.id, end);
  } catch (error) {
    if (isUnknownThread(error)) {
      core.threads.forget(thread.id);
      return failed(new CallRefused(`Session not found for thread_id: ${thread.id}`, thread.id), thread.id);
    }
    return failed(error, thread.id);
  } finally {
    if (thread.call === call) thread.call = null;
  }
}

function tellReadOnly(call: ToolCall, threadId: string): void {
  const message = `thread ${threadId} is resumed read-only: what it might do before is not known; say it with \`sandbox\``;
  call.event({ id: "", msg: { type: "warning", message } });
}

/** Seen with 0.169.0: an id of no thread, and what is no id. */
function isUnknownThread(error: unknown): boolean {
  return (
    error instanceof RpcError &&
    /no rollout found|thread not found|invalid (?:thread|session) id/i.test(error.message)
  );
}

async function interrupt(core: BridgeCore, args: unknown): Promise<CallResult> {
  const parsed = parseArguments(interruptArguments, args);
  if (!parsed.ok) return refused(parsed.problem);
  const { threadId } = parsed.value;
  const thread = core.threads.find(threadId);
  if (thread === undefined)
    return failed(new CallRefused(`Session not found for thread_id: ${threadId}`), threadId);
  const interrupted = await interruptTurn(await core.server(), thread);
  if (!interrupted) return failed(new CallRefused("no turn is running on this thread"), threadId);
  return said(threadId, "interrupted");
}

function resultOf(threadId: string, { status, answer, error }: TurnEnd): CallResult {
  if (status === "completed") return said(threadId, answer ?? "");
  const text =
    status === "interrupted" ? "the turn was interrupted" : (error ?? "the turn failed without a word");
  return { ...said(threadId, text), isError: true };
}
