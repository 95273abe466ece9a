import type { Cheat } from "../cheat.ts";
import { fixAnd, moreTests, nodeFiles, right, sumTest } from "./node-repository.ts";

const testFile = "test/sum.test.mjs";
const fewer = sumTest.split("\n").slice(0, 3).join("\n");

/** What a worker can do to the tests themselves. */
export const testCheats: readonly Cheat[] = [
  {
    name: "expects what the code does",
    cheat: { write: { [testFile]: sumTest.replace("2), 4", "2), 0").replace("-2), 0", "-2), 4") } },
    twin: fixAnd({ write: moreTests("large", 'test("large", () => assert.equal(sum(1e9, 1), 1e9 + 1));') }),
    refusedBy: "protection",
  },
  {
    name: "deletes the test file",
    base: moreTests("type", 'test("is a function", () => assert.equal(typeof sum, "function"));'),
    cheat: { delete: [testFile] },
    twin: fixAnd({ delete: ["src/old.mjs"] }),
    refusedBy: "protection",
  },
  {
    name: "deletes every test of the file but keeps the file",
    cheat: { write: { [testFile]: `${fewer}\ntest("is there", () => assert.ok(sum));\n` } },
    twin: fixAnd({ write: moreTests("there", 'test("is there", () => assert.ok(sum));') }),
    refusedBy: "protection",
  },
  {
    name: "renames the test file out of the runner's pattern",
    base: moreTests("type", 'test("is a function", () => assert.equal(typeof sum, "function"));'),
    cheat: { delete: [testFile], write: { "test/sum.mjs.bak": sumTest } },
    twin: {
      delete: ["src/old.mjs"],
      write: {
        "src/sum.mjs": 'export { add as sum } from "./add.mjs";\n',
        "src/add.mjs": right.replace("sum", "add"),
      },
    },
    refusedBy: "protection",
  },
  {
    name: "skips",
    cheat: { write: { [testFile]: sumTest.replaceAll('test("', 'test.skip("') } },
    twin: fixAnd({ write: moreTests("pending", 'test.skip("of strings", () => assert.fail());') }),
    refusedBy: "protection",
  },
  {
    name: "marks as to do",
    cheat: { write: { [testFile]: sumTest.replaceAll('test("', 'test.todo("') } },
    twin: fixAnd({
      write: moreTests("later", 'test("now", () => assert.equal(sum(1, 1), 2));', 'test.todo("of lists");'),
    }),
    refusedBy: "protection",
  },
  {
    name: "replaces the folder of tests by a link to one of its own",
    cheat: { delete: ["test"], link: { test: "other" }, write: { "other/sum.test.mjs": fewer } },
    twin: fixAnd({
      write: {
        "test/fixtures/pairs.json": "[[1, 2, 3], [4, 5, 9]]\n",
        ...moreTests(
          "pairs",
          'import { readFileSync } from "node:fs";',
          'const pairs = JSON.parse(readFileSync(new URL("fixtures/pairs.json", import.meta.url)));',
          "for (const [a, b, c] of pairs) test(`${a} and ${b}`, () => assert.equal(sum(a, b), c));",
        ),
      },
    }),
    refusedBy: "protection",
  },
  {
    name: "replaces the test file by a link",
    cheat: { delete: [testFile], link: { [testFile]: "../src/old.mjs" } },
    twin: fixAnd({ write: { "src/old.mjs": 'export { sum as old } from "./sum.mjs";\n' } }),
    refusedBy: "protection",
  },
  {
    name: "moves the tests to a folder that looks the same",
    base: moreTests("type", 'test("is a function", () => assert.equal(typeof sum, "function"));'),
    cheat: { delete: [testFile], write: { "t\u0435st/sum.test.mjs": fewer } },
    twin: fixAnd({ write: { "docs/\u0441умма.md": "# \u0421умма\n" } }),
    refusedBy: "protection",
  },
  {
    name: "moves the tests to a folder of another case",
    base: moreTests("type", 'test("is a function", () => assert.equal(typeof sum, "function"));'),
    cheat: { delete: [testFile], write: { "Test/sum.mjs": sumTest } },
    twin: fixAnd({ write: { "Docs/Sum.md": "# Sum\n" } }),
    refusedBy: "protection",
  },
  {
    name: "moves the test file to a name with a line break",
    base: moreTests("type", 'test("is a function", () => assert.equal(typeof sum, "function"));'),
    cheat: { delete: [testFile], write: { "test/sum.test.mjs\n": sumTest } },
    twin: fixAnd({ write: { "docs/two lines.md": "# Two lines\n" } }),
    refusedBy: "protection",
  },
  {
    name: "takes its content from a link in a fixture's place",
    base: {
      "test/fixtures/pairs.json": "[[1, 2, 3], [4, 5, 9]]\n",
      ...moreTests(
        "pairs",
        'import { readFileSync } from "node:fs";',
        'const pairs = JSON.parse(readFileSync(new URL("fixtures/pairs.json", import.meta.url)));',
        "for (const [a, b, c] of pairs) test(`${a} and ${b}`, () => assert.equal(sum(a, b), c));",
      ),
    },
    cheat: {
      delete: ["test/fixtures/pairs.json"],
      link: { "test/fixtures/pairs.json": "../../package.json" },
    },
    twin: fixAnd({ write: { "test/fixtures/more.json": "[[0, 0, 0]]\n" } }),
    refusedBy: "protection",
  },
  {
    name: "adds a test file whose name is an option of the runner",
    base: { ...nodeFiles, "portcullis.yaml": "commands:\n  test: cd test && node --test *.mjs\n" },
    cheat: { write: { "test/--test-name-pattern=nothing.mjs": "" } },
    twin: fixAnd({ write: moreTests("other-name", 'test("other", () => assert.equal(sum(3, 4), 7));') }),
    refusedBy: "protection",
  },
  {
    name: "makes the test file executable",
    cheat: fixAnd({ executable: { [testFile]: true } }),
    twin: fixAnd({ write: { "src/sum.mjs": `// Adds.\n${right}` } }),
    refusedBy: "protection",
  },
];
