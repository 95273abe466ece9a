import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasHeading, markdownHeadings } from "../../core/markdown-headings.ts";

const titles = (text: string) => markdownHeadings(text).map(({ level, text: title }) => `${level} ${title}`);

describe("markdownHeadings", () => {
  it.each([
    ["all levels", "# A\n## B\n###### F\n", ["1 A", "2 B", "6 F"]],
    ["no blank lines around", "text\n# A\ntext\n", ["1 A"]],
    ["Windows' line ends", "# A\r\n\r\nText\r\n====\r\n", ["1 A", "1 Text"]],
    ["closing marks", "## B ##\n# C#\n### # ###\n#\n", ["2 B", "1 C#", "3 #", "1 "]],
    ["underlines", "Title\n=====\n\nPart\n---\n", ["1 Title", "2 Part"]],
    ["what follows a closed fence", "```js\n# no\n```\n# A\n", ["1 A"]],
    ["what follows a closed comment", "<!-- # no -->\n# A\n", ["1 A"]],
    ["what follows front matter", "---\n# no: comment\n---\n# A\n", ["1 A"]],
    ["what follows an address in brackets", "<https://example.org>\n# A\n", ["1 A"]],
    ["inline code with three marks", "``` code ``` text\n# A\n", ["1 A"]],
    ["a byte order mark", "\ufeff# A\n", ["1 A"]],
  ])("given %s, then the headings are found", (_what, text, found) => {
    expect(titles(text)).toEqual(found);
  });

  it.each([
    ["a fence", "```\n# A\n```\n"],
    ["a fence of tildes with a word", "~~~sh\n# A\n~~~\n"],
    ["a fence that a shorter one does not close", "````\n```\n# A\n````\n"],
    ["a fence that another kind does not close", "```\n~~~\n# A\n"],
    ["a fence that a line with a word does not close", "```\n```js\n# A\n"],
    ["a fence that is never closed", "```\n# A\n"],
    ["an indented fence", "   ```\n# A\n   ```\n"],
    ["a comment", "<!--\n# A\n-->\n"],
    ["a comment with blank lines", "<!--\n\n# A\n\n-->\n"],
    ["HTML", "<details>\n# A\n</details>\n"],
    ["a script", "<script>\n\n# A\n</script>\n"],
    ["a processing instruction", "<?php\n\n# A\n?>\n"],
    ["CDATA", "<![CDATA[\n\n# A\n]]>\n"],
    ["indented code", "    # A\n"],
    ["a quote", "> # A\n"],
    ["a list", "- # A\n"],
    ["front matter", "---\n# A\n---\n"],
    ["a word", "#A\n"],
    ["seven marks", "####### A\n"],
    ["an escape", "\\# A\n"],
    ["a lazy line of a quote", "> quote\nA\n===\n"],
    ["a lazy line of a list", "- item\nA\n---\n"],
    ["a line below a quote's", "> A\n---\n"],
  ])("given marks in %s, then there is no heading", (_what, text) => {
    expect(titles(text)).toEqual([]);
  });

  it("given any text in a closed fence of its own, then it has no heading", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("# A", "", "~~~", "<!--", "A", "===", "> x", "    y")),
        (lines) => {
          expect(markdownHeadings(["```", ...lines, "```"].join("\n"))).toEqual([]);
        },
      ),
    );
  });
});

describe("hasHeading", () => {
  const headings = markdownHeadings("# Report\n## **Risks** and `code`\n");

  it.each([
    ["Report", true],
    ["# Report", true],
    ["## Report", false],
    ["Risks and code", true],
    ["## Risks and code", true],
    ["Risks", false],
    ["report", false],
  ])("given %j is wanted, then the answer is %s", (wanted, there) => {
    expect(hasHeading(headings, wanted)).toBe(there);
  });
});
