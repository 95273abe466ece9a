import { z } from "zod";

const textPart = z.looseObject({ text: z.string().optional() });
const contentSchema = z.union([z.string(), z.array(textPart)]);
const itemSchema = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  call_id: z.string().optional(),
  content: contentSchema.optional(),
  output: z.union([contentSchema, z.looseObject({ content: z.string().optional() })]).optional(),
});
type Item = z.infer<typeof itemSchema>;

export interface CallResult {
  callId: string;
  /** What the command itself printed, or Codex's own words where it ran none. */
  output: string;
  /** Null where Codex names none: refused, aborted, still running, or a patch that does not fit. */
  exitCode: number | null;
}

/** What a request has that the one before had not. */
export interface NewInput {
  /** The last text of the user, or null where there is none. */
  user: string | null;
  results: readonly CallResult[];
}

/** The items after the model's own last ones. Never throws: an item that is not understood is not there. Pure. */
export function newInput(input: unknown): NewInput {
  const items = Array.isArray(input) ? input.map((item) => itemSchema.safeParse(item).data ?? {}) : [];
  const fresh = items.slice(items.findLastIndex(isOfModel) + 1);
  const user = fresh.findLast(({ role }) => role === "user");
  const results = fresh.flatMap((item) => {
    if (item.call_id === undefined || item.type?.endsWith("_output") !== true) return [];
    return [{ callId: item.call_id, ...unframed(textOf(item.output)) }];
  });
  return { user: user === undefined ? null : textOf(user.content), results };
}

function isOfModel({ role, type }: Item): boolean {
  return role === "assistant" || type === "function_call" || type === "custom_tool_call";
}

function textOf(content: Item["output"]): string {
  if (content === undefined) return "";
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map(({ text }) => text ?? "").join("");
  return content.content ?? "";
}

/** Codex's lines before a command's output; all after the first `Output:` is the command's, whatever it looks like. */
const frame =
  /^(?:(?:Chunk ID|Wall time|Exit code|Original token count): .*\n|Process (?:exited with code|running with session ID) .*\n)+Output:(?:\n|$)/;
/** Codex says the one of commands and the other of patches. */
const exitLine = /^(?:Process exited with code|Exit code:) (-?\d+)$/m;

function unframed(text: string): { output: string; exitCode: number | null } {
  const head = frame.exec(text)?.[0];
  if (head === undefined) return { output: text, exitCode: null };
  const code = exitLine.exec(head)?.[1];
  return { output: text.slice(head.length), exitCode: code === undefined ? null : Number(code) };
}
