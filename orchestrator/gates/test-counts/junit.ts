import { testCounts } from "../../../core/test-counts.ts";
import type { FailedTest, Runner } from "./runner.ts";

const tag =
  /<(\/?)(testsuites?|testcase|failure|error|skipped)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/g;
const linesOfOneFailure = 12;

interface Case {
  name: string;
  how: "passed" | "failed" | "skipped";
  lines: string[];
}

/** Of a whole output: the cases are counted, for the sums that stand above them are not always there. */
export const junit: Runner = {
  name: "junit",
  summaries(lines) {
    const cases = casesIn(lines);
    if (cases === null) return [];
    const of = (how: Case["how"]): number => cases.filter((own) => own.how === how).length;
    return [testCounts({ passed: of("passed"), failed: of("failed"), skipped: of("skipped") })];
  },
  failures: (lines): FailedTest[] =>
    (casesIn(lines) ?? [])
      .filter(({ how }) => how === "failed")
      .map(({ name, lines: why }) => ({ name, lines: why })),
};

/** Null where there is no test suite in the output. */
function casesIn(lines: readonly string[]): Case[] | null {
  const text = without(without(lines.join("\n"), "<![CDATA[", "]]>"), "<!--", "-->");
  if (!text.includes("<testsuite")) return null;
  const cases: Case[] = [];
  let suites = 0;
  let open: Case | null = null;
  for (const [, closing, name = "", attributes = "", empty] of text.matchAll(tag)) {
    if (name.startsWith("testsuite")) suites += 1;
    else if (name === "testcase") {
      if (closing === "/") open = null;
      else {
        const own: Case = { name: caseName(attributes), how: "passed", lines: [] };
        cases.push(own);
        open = empty === "/" ? null : own;
      }
    } else if (open !== null && closing === "") {
      open.how = name === "skipped" ? "skipped" : "failed";
      open.lines.push(...(attribute(attributes, "message") ?? "").split("\n").slice(0, linesOfOneFailure));
    }
  }
  return suites === 0 ? null : cases;
}

function caseName(attributes: string): string {
  const [of, name] = [attribute(attributes, "classname"), attribute(attributes, "name") ?? ""];
  return of === null || of === "" ? name : `${of} > ${name}`;
}

function attribute(attributes: string, name: string): string | null {
  const value = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return value === null ? null : unescaped(value[1] ?? value[2] ?? "");
}

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
  "&#10;": "\n",
};

function unescaped(text: string): string {
  return text.replaceAll(/&(?:lt|gt|quot|apos|amp|#10);/g, (entity) => entities[entity] ?? entity);
}

/** What a test printed stands in such sections; it is no markup. */
function without(text: string, open: string, close: string): string {
  const kept: string[] = [];
  for (let at = 0; ;) {
    const start = text.indexOf(open, at);
    if (start === -1) return [...kept, text.slice(at)].join("");
    kept.push(text.slice(at, start));
    const end = text.indexOf(close, start);
    if (end === -1) return kept.join("");
    at = end + close.length;
  }
}
