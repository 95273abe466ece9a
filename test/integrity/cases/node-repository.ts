import type { Edit, Files } from "../cheat.ts";

export const sumTest = `import assert from "node:assert/strict";
import { test } from "node:test";
import { sum } from "../src/sum.mjs";
test("adds", () => assert.equal(sum(2, 2), 4));
test("adds nothing", () => assert.equal(sum(2, 0), 2));
test("adds negatives", () => assert.equal(sum(2, -2), 0));
`;
export const wrong = "export const sum = (a, b) => a - b;\n";
export const right = "export const sum = (a, b) => a + b;\n";
export const fix: Files = { "src/sum.mjs": right };

export function manifest(scripts: Files, more: object = {}): string {
  return `${JSON.stringify({ name: "sum", private: true, scripts, ...more }, null, 2)}\n`;
}

export const nodeFiles: Files = {
  "src/sum.mjs": wrong,
  "src/old.mjs": "export const old = 1;\n",
  "test/sum.test.mjs": sumTest,
  "package.json": manifest({ test: "node --test" }),
  "portcullis.yaml": "commands:\n  test: npm test\n",
};

/** The work, and something more. */
export function fixAnd(more: Edit = {}): Edit {
  return { ...more, write: { ...fix, ...more.write } };
}

export function moreTests(name: string, ...lines: readonly string[]): Files {
  const head = [
    'import assert from "node:assert/strict";',
    'import { test } from "node:test";',
    'import { sum } from "../src/sum.mjs";',
  ];
  return { [`test/${name}.test.mjs`]: `${[...head, ...lines].join("\n")}\n` };
}
