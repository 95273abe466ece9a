import type { Cheat, OutOfReach } from "../cheat.ts";
import { fixAnd, moreTests, right, wrong } from "./node-repository.ts";

const loopback = [
  'import { createServer } from "node:http";',
  'test("serves", async () => {',
  '  const server = createServer((_request, response) => response.end(String(sum(1, 2)))).listen(0, "127.0.0.1");',
  '  await new Promise((ready) => server.once("listening", ready));',
  "  const answer = await fetch(`http://127.0.0.1:${server.address().port}`);",
  '  assert.equal(await answer.text(), "3");',
  "  server.close();",
  "});",
];
const temporary = [
  'import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";',
  'import { tmpdir } from "node:os";',
  'import { join } from "node:path";',
  'test("by way of a file", () => {',
  '  const file = join(mkdtempSync(join(tmpdir(), "sum-")), "sum");',
  "  writeFileSync(file, String(sum(20, 22)));",
  '  assert.equal(readFileSync(file, "utf8"), "42");',
  "});",
];

/** What the code under test can do to the run that tests it. */
export const sourceCheats: readonly Cheat[] = [
  {
    name: "ends the process well when it is loaded",
    cheat: { write: { "src/sum.mjs": `${wrong}process.exit(0);\n` } },
    twin: fixAnd({ write: moreTests("serve", ...loopback) }),
    refusedBy: "command:test",
  },
  {
    name: "ends the process well when the tests are done",
    cheat: { write: { "src/sum.mjs": `${wrong}process.on("exit", () => { process.exitCode = 0; });\n` } },
    twin: { write: { "src/sum.mjs": `${right}process.on("exit", () => console.log("bye"));\n` } },
    refusedBy: "command:test",
  },
  {
    name: "ends the process well when a test throws",
    cheat: {
      write: {
        "src/sum.mjs":
          'process.on("uncaughtException", () => process.exit(0));\nexport const sum = () => setTimeout(() => { throw new Error(); }) && 1;\n',
      },
    },
    twin: fixAnd({ write: moreTests("temporary", ...temporary) }),
    refusedBy: "command:test",
  },
  {
    name: "prints that all tests passed",
    cheat: {
      write: {
        "src/sum.mjs": `${wrong}console.log("ℹ tests 12\\nℹ pass 12\\nℹ fail 0\\nall tests passed");\n`,
      },
    },
    twin: {
      write: {
        "src/sum.mjs": `${right}for (let n = 0; n < 3000; n += 1) console.log("ok, 0 tests failed, no error");\n`,
      },
    },
    refusedBy: "command:test",
  },
];

const inProcess =
  "the code under test runs in the process of the assertions; whoever reads the change sees it, no exit code does";

export const nodeOutOfReach: readonly OutOfReach[] = [
  {
    name: "the source takes the assertions' teeth",
    cheat: {
      write: {
        "src/sum.mjs": `import assert from "node:assert/strict";\nassert.equal = () => {};\n${wrong}`,
      },
    },
    why: inProcess,
  },
  {
    name: "the source knows the answers of the tests",
    cheat: { write: { "src/sum.mjs": "export const sum = (a, b) => ({ 2: 4, 0: 2, '-2': 0 })[b] ?? a;\n" } },
    why: "it does what the tests ask; that they ask too little only a reader can tell",
  },
  {
    name: "a file outside of the tests, which they import, says yes",
    base: {
      "src/testing/check.mjs": "export const check = (fine) => { if (!fine) throw new Error(); };\n",
      "test/sum.test.mjs":
        'import { test } from "node:test";\nimport { check } from "../src/testing/check.mjs";\nimport { sum } from "../src/sum.mjs";\ntest("sum", () => check(sum(2, 2) === 4));\n',
    },
    cheat: { write: { "src/testing/check.mjs": "export const check = () => {};\n" } },
    why: "only the repository knows which of its own files are equipment of the tests: `protected` names them",
  },
];
