import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandFiles } from "../../../orchestrator/gates/command-files.ts";

const scripts = {
  test: "node tools/test.mjs && npm run check",
  pretest: "./prepare",
  check: "sh scripts/check.sh",
  loop: "npm run loop",
  prepare: "node scripts/prepare.mjs",
  postinstall: "./after",
};

describe("files that a command runs as programs", () => {
  it.each([
    ["./run-tests --all", ["run-tests"]],
    ["CI=1 A='b c' exec scripts/../run-tests", ["run-tests"]],
    ["cd src && (bash -e scripts/lint.sh x; python3 tools/a.py)", ["scripts/lint.sh", "tools/a.py"]],
    ["bash -ec './a | tee log'", ["a"]],
    [". ./env.sh && true", ["env.sh"]],
    ["npm test", ["prepare", "tools/test.mjs", "scripts/check.sh"]],
    ["npm t", ["prepare", "tools/test.mjs", "scripts/check.sh"]],
    ["pnpm run check", ["scripts/check.sh"]],
    ["npm run loop", []],
    ["npm ci --offline", ["scripts/prepare.mjs", "after"]],
    ["yarn", ["scripts/prepare.mjs", "after"]],
    ["npm run constructor", []],
    ["node --test", []],
    ["eslint src/a.js", []],
    ["", []],
  ])("given %j, then they are %j", (line, files) => {
    expect(commandFiles([line], scripts).toSorted()).toEqual(files.toSorted());
  });

  it("given any line and any scripts, then it ends and never throws", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.dictionary(fc.string(), fc.string()), (lines, any) => {
        expect(Array.isArray(commandFiles(lines, any))).toBe(true);
      }),
    );
  });
});
