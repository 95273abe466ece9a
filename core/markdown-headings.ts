export interface Heading {
  level: number;
  text: string;
}

/** HTML that goes on to a mark, by what its first line begins with (CommonMark, HTML blocks 1 to 5). */
const htmlUntilMark: readonly [RegExp, RegExp][] = [
  [/^<(?:script|pre|style|textarea)(?:\s|>|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [/^<![A-Za-z]/, />/],
];
/** Kinds 6 and 7 go on to a blank line. */
const htmlUntilBlank = /^<\/?[A-Za-z][A-Za-z0-9-]*(?:\s|\/?>|$)/;
const atx = /^(#{1,6})(?:[ \t]+(.*))?$/;
const fence = /^(`{3,}(?=[^`]*$)|~{3,})/;
const blockStart = /^(?:[>\-+*#<|`~=]|\d+[.)])/;

/**
 * The headings of a Markdown text that stand at the left margin; what is in code, HTML, comments, front matter, quotes
 * or lists is none. In doubt there is none. Pure, and linear in the text.
 */
export function markdownHeadings(text: string): Heading[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  const headings: Heading[] = [];
  /** Says of a line whether the block that is open ends with it. */
  let open: ((line: string) => boolean) | null = null;
  for (let at = frontMatterEnd(lines); at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (open !== null) {
      if (open(line)) open = null;
      continue;
    }
    open = opened(line.replace(/^ {1,3}/, ""));
    if (open !== null) continue;
    const heading = atxHeading(line) ?? setextHeading(lines, at);
    if (heading !== null) headings.push(heading);
  }
  return headings;
}

/** Whether the headings have one that is asked for: `## Risks` of that level, `Risks` of any. */
export function hasHeading(headings: readonly Heading[], wanted: string): boolean {
  const [, marks, named] = /^(#{1,6})[ \t]+(.*)$/.exec(wanted.trim()) ?? [];
  const text = plainText(named ?? wanted);
  return headings.some(
    (heading) => plainText(heading.text) === text && (marks === undefined || heading.level === marks.length),
  );
}

function opened(line: string): ((line: string) => boolean) | null {
  const [marks] = fence.exec(line) ?? [];
  if (marks !== undefined) {
    const closing = new RegExp(`^ {0,3}${marks.startsWith("~") ? "~" : "`"}{${marks.length},}[ \\t]*$`);
    return (later) => closing.test(later);
  }
  for (const [start, end] of htmlUntilMark) {
    if (start.test(line)) return end.test(line.slice(2)) ? null : (later) => end.test(later);
  }
  return htmlUntilBlank.test(line) ? (later) => later.trim() === "" : null;
}

function atxHeading(line: string): Heading | null {
  const [, marks = "", text = ""] = atx.exec(line) ?? [];
  return marks === "" ? null : { level: marks.length, text: withoutClosing(text) };
}

/** A line of its own, underlined; above it nothing that it could belong to. */
function setextHeading(lines: readonly string[], at: number): Heading | null {
  const line = lines[at] ?? "";
  const underline = /^ {0,3}(=+|-+)[ \t]*$/.exec(lines[at + 1] ?? "")?.[1];
  if (underline === undefined || line.trim() === "" || /^\s/.test(line) || blockStart.test(line)) return null;
  if (at > 0 && (lines[at - 1] ?? "").trim() !== "") return null;
  return { level: underline.startsWith("=") ? 1 : 2, text: line.trim() };
}

/** `Risks ##` is `Risks`. */
function withoutClosing(text: string): string {
  const trimmed = text.trim();
  const end = trimmed.length - trailing(trimmed, "#");
  if (end === trimmed.length) return trimmed;
  if (end === 0) return "";
  return /[ \t]/.test(trimmed[end - 1] ?? "") ? trimmed.slice(0, end).trimEnd() : trimmed;
}

function trailing(text: string, character: string): number {
  let count = 0;
  while (count < text.length && text[text.length - 1 - count] === character) count += 1;
  return count;
}

/** Without the marks of emphasis and code. */
function plainText(text: string): string {
  return text.replaceAll(/[*_`]/g, "").trim();
}

function frontMatterEnd(lines: readonly string[]): number {
  if (lines[0]?.trimEnd() !== "---") return 0;
  const end = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)\s*$/.test(line));
  return end === -1 ? 0 : end + 1;
}
