import { lintSource } from "@secretlint/core";
import { rules as recommended } from "@secretlint/secretlint-rule-preset-recommend";

export interface FoundSecret {
  line: number;
  /** Which kind, e.g. `github: GITHUB_TOKEN`; never the secret. */
  rule: string;
}

/** Else a worker's own comment would switch the search off. The preset takes no such order: its rules are given one by one. */
const commentRule = "@secretlint/secretlint-rule-filter-comments";
const rules = recommended
  .filter(({ meta }) => meta.id !== commentRule)
  .map((rule) => ({ id: rule.meta.id, rule, options: {} }));

/** What looks like a secret in a text and touches a line that is not among the `known` ones (trimmed). */
export async function findSecrets(text: string, known: ReadonlySet<string>): Promise<FoundSecret[]> {
  const { messages } = await lintSource({
    source: { content: text, filePath: "/file.txt", ext: ".txt", contentType: "text" },
    options: { noPhysicFilePath: true, maskSecrets: true, config: { rules } },
  });
  const found = new Map<string, FoundSecret>();
  for (const { range, ruleId, messageId } of messages) {
    const [start, end] = range;
    const from = text.lastIndexOf("\n", start - 1) + 1;
    const to = text.indexOf("\n", Math.max(start, end - 1));
    const lines = linesOf(text.slice(start === 0 ? 0 : from, to === -1 ? text.length : to));
    const firstNew = lines.findIndex((line) => !known.has(line));
    if (firstNew === -1) continue;
    const line = text.slice(0, start).split("\n").length + firstNew;
    const rule = `${ruleId.replace("@secretlint/secretlint-rule-", "")}: ${messageId}`;
    found.set(`${line} ${rule}`, { line, rule });
  }
  return [...found.values()].toSorted((a, b) => a.line - b.line);
}

/** Trimmed, so that a line which only moves is known. */
export function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim());
}
