import { z } from "zod";

const textPart = z.looseObject({ text: z.string().optional() });
const itemSchema = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  call_id: z.string().optional(),
  content: z.union([z.string(), z.array(textPart)]).optional(),
  output: z
    .union([z.string(), z.array(textPart), z.looseObject({ content: z.string().optional() })])
    .optional(),
});

/** What a request has that the one before had not. */
export interface NewInput {
  /** The last text of the user, or null where the request brings results of calls. */
  user: string | null;
  results: readonly { callId: string; output: string; exitCode: number | null }[];
}

/** The items after the model's own last ones. Never throws: what is not understood is not there. Pure. */
export function newInput(input: unknown): NewInput {
  const parsed = z.array(itemSchema).safeParse(input);
  const items = parsed.success ? parsed.data : [];
  const last = items.findLastIndex(
    (item) => item.role === "assistant" || item.type === "function_call" || item.type === "custom_tool_call",
  );
  const fresh = items.slice(last + 1);
  const users = fresh.filter((item) => item.role === "user");
  const results = fresh.flatMap((item) => {
    if (item.call_id === undefined || item.type?.endsWith("_output") !== true) return [];
    const raw = textOf(item.output);
    return [{ callId: item.call_id, output: withoutFrame(raw), exitCode: exitCodeOf(raw) }];
  });
  const user = users.at(-1);
  return { user: user === undefined ? null : textOf(user.content), results };
}

function textOf(content: z.infer<typeof itemSchema>["output"]): string {
  if (content === undefined) return "";
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map(({ text }) => text ?? "").join("");
  return content.content ?? "";
}

/** Codex says `Process exited with code N` for commands and `Exit code: N` for patches. */
function exitCodeOf(output: string): number | null {
  const found = /^(?:Process exited with code|Exit code:) (-?\d+)$/m.exec(output)?.[1];
  return found === undefined ? null : Number(found);
}

/** What the command itself printed: Codex puts lines of its own, with times and chunk ids, before it. */
function withoutFrame(output: string): string {
  const marker = /^Output:\n?/m.exec(output);
  return marker === null ? output : output.slice(marker.index + marker[0].length);
}
