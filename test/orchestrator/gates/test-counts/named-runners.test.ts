import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { namedRunners } from "../../../../orchestrator/gates/test-counts/named-runners.ts";

const scripts = {
  test: "npm run unit && node --run integration",
  unit: "cross-env NODE_ENV=test c8 vitest run",
  integration: "node --import tsx --test test/*.ts",
  pretest: "eslint .",
  loop: "npm run loop && jest",
  again: "bash -c 'npm run again; mocha'",
};

describe("the runners that a command starts", () => {
  it.each<[string, readonly string[]]>([
    ["vitest run", ["vitest"]],
    ["npx --yes jest --ci", ["jest"]],
    ["node_modules/.bin/mocha", ["mocha"]],
    ["node ./node_modules/jest/bin/jest.js", ["jest"]],
    ["node --test", ["node"]],
    ["npm test", ["vitest", "node"]],
    ["npm t -- --bail", ["vitest", "node"]],
    ["npm run -s unit", ["vitest"]],
    ["pnpm unit", ["vitest"]],
    ["yarn jest", ["jest"]],
    ["npm test --workspaces", []],
    ["npm --prefix web test", []],
    ["pytest -q", ["pytest"]],
    ["uv run --offline pytest", ["pytest"]],
    [".venv/bin/python -m pytest", ["pytest"]],
    ["coverage run -m unittest discover", ["unittest"]],
    ["python3 -m unittest discover -s a && python3 -m unittest discover -s b", ["unittest", "unittest"]],
    ["timeout 60 go test ./...", ["go"]],
    ["go vet ./...", []],
    ["cargo +nightly test --workspace", ["cargo"]],
    ["cargo build", []],
    ["(cd web && npx vitest run) || exit 1", ["vitest"]],
    ["bash -c 'pytest && vitest run'", ["pytest", "vitest"]],
    ["node --test --test-reporter=junit", ["node", "junit"]],
    ["cat junit.xml", []],
    ["rm -rf coverage/jest", []],
    ["echo pytest", []],
    ["make test", []],
    ["npm run constructor", []],
    ["npm run loop", ["jest"]],
    ["npm run again", ["mocha"]],
    ["", []],
  ])("given %j, then they are %j", (line, runners) => {
    expect(namedRunners(line, scripts)).toEqual(runners);
  });

  it("given scripts that double at each step, then it ends", () => {
    const doubling = Object.fromEntries(
      Array.from({ length: 40 }, (_none, step) => [
        `s${step}`,
        `npm run s${step + 1} && npm run s${step + 1}`,
      ]),
    );
    expect(namedRunners("npm run s0", doubling)).toEqual([]);
  });

  it("given any line and any scripts, then it ends and never throws", () => {
    const word = fc.constantFrom(
      "npm",
      "run",
      "a",
      "b",
      "&&",
      "bash",
      "-c",
      "'npm run a'",
      "vitest",
      "--run",
    );
    const line = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 5 }).map((words) => words.join(" ")),
    );
    fc.assert(
      fc.property(line, fc.record({ a: line, b: line }), (own, any) => {
        expect(Array.isArray(namedRunners(own, any))).toBe(true);
      }),
    );
  });
});
