import { sha256 } from "../core/digest.ts";
import type { Script } from "./script.ts";

/** What the demo asks for. */
export const demoGoal = "Make select() honour patterns that start with '!': they take paths away, in order.";

const firstTry = `import picomatch from "picomatch";

/** The paths that the patterns pick. */
export function select(paths, patterns) {
  const wanted = patterns.filter((pattern) => !pattern.startsWith("!"));
  const unwanted = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  return paths.filter((path) => picomatch.isMatch(path, wanted) && !picomatch.isMatch(path, unwanted));
}
`;

const secondTry = `import picomatch from "picomatch";

/** The paths that the patterns pick. Patterns count in order; one that starts with "!" takes paths away. */
export function select(paths, patterns) {
  const rules = patterns.map((pattern) => {
    const takesAway = pattern.startsWith("!");
    return { takesAway, matches: picomatch(takesAway ? pattern.slice(1) : pattern) };
  });
  return paths.filter((path) =>
    rules.reduce((picked, { takesAway, matches }) => (matches(path) ? !takesAway : picked), false),
  );
}
`;

const newTest = `import assert from "node:assert/strict";
import { test } from "node:test";
import { select } from "../src/select.js";

test("a pattern with ! alone picks nothing", () => {
  assert.deepEqual(select(["a.js"], ["!b.js"]), []);
});
`;

const changes = `# Changes

- \`select()\`: a pattern that starts with \`!\` takes paths away; patterns count in order.
`;

const report = (summary: string) => ({
  say: {
    taskId: "negation",
    status: "done",
    summary,
    artifacts: [{ path: "CHANGES.md", sha256: sha256(changes) }],
  },
});

/** The demo's behaviour: the first try fails the tests, the second, told why, passes. */
export const demoScript = {
  version: 1,
  usage: { inputTokens: 1200, cachedInputTokens: 800, outputTokens: 150, reasoningTokens: 40 },
  workers: {
    "plan/plan#1": [
      { expect: { user: ["take paths away"] }, do: { run: "cat src/select.js test/select.test.js" } },
      {
        expect: { output: ["picomatch.isMatch"] },
        do: {
          say: {
            summary:
              "select() hands all patterns to picomatch at once, which treats '!' on its own. Apply them in order.",
            tasks: [
              {
                id: "negation",
                title: "Apply patterns in order, with ! taking paths away",
                description:
                  "Change select() in src/select.js so that patterns count in order. Note it in CHANGES.md.",
                scope: ["src/**", "test/**", "CHANGES.md"],
                dependsOn: [],
                commands: ["test"],
                artifacts: ["CHANGES.md"],
              },
            ],
          },
        },
      },
    ],
    "execute/negation#1": [
      { expect: { user: ["Apply patterns in order"] }, do: { write: "src/select.js", content: firstTry } },
      { do: { write: "CHANGES.md", content: changes } },
      { do: report("Patterns with ! take paths away. All tests pass.") },
    ],
    "execute/negation#2": [
      {
        expect: { user: ["command:test", "a later pattern may bring a path back"] },
        do: { write: "src/select.js", content: secondTry },
      },
      { do: { write: "test/negation.test.js", content: newTest } },
      { do: { run: "node --test" } },
      { do: report("Patterns are applied one after another; the tests pass here too.") },
    ],
    "verify/verify#1": [
      { expect: { user: ["modified src/select.js"] }, do: { run: "node --test" } },
      {
        do: {
          say: {
            verdict: "accept",
            summary: "Patterns count in order, and a new test covers '!' alone.",
            findings: [],
          },
        },
      },
    ],
  },
} satisfies Script;
