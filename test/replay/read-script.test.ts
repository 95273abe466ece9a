import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseScript, readScript } from "../../replay/read-script.ts";
import { scratchDirectory } from "../support/scratch.ts";

const step = (lines: string) => `version: 1\nworkers:\n  w:\n    - do: ${lines}\n`;

describe("given a script that is not one", () => {
  it.each([
    ["an unknown action", step("{ runn: ls }"), "f.yaml:4:11", "expected one of 'say', 'run'"],
    ["an action with half its keys", step("{ write: a }"), "f.yaml:4:11", "content"],
    ["two actions in one", step("{ say: x, run: y }"), "f.yaml:4:11", "unknown key 'run'"],
    ["a status that is none", step("{ fail: 4290 }"), "f.yaml:4:19", "fail"],
    ["a failure among calls", step("\n      - run: ls\n      - cut: true"), "f.yaml:6:9", "expected one of"],
    ["an unknown key", "version: 1\nworkers: {}\nusages: 3\n", "f.yaml:1:1", "unknown key 'usages'"],
    ["another version", "version: 2\nworkers: {}\n", "f.yaml:1:10", "expected 1"],
    ["broken YAML", "version: 1\nworkers: [\n", "f.yaml:3:1", ""],
    ["a key twice", "version: 1\nversion: 1\n", "f.yaml:2:1", "unique"],
    ["nothing", "", "f.yaml", "expected object"],
    [
      "both forms of expectation",
      "version: 1\nworkers:\n  w:\n    - expect: { exitCode: 1, results: [] }\n      do: { say: x }\n",
      "f.yaml:4:15",
      "either 'results'",
    ],
  ])("when it has %s, then the error names the place and what was expected", (_, text, place, problem) => {
    expect(() => parseScript(text, "f.yaml")).toThrow(
      expect.objectContaining({
        code: "script.invalid",
        kind: "usage",
        message: expect.stringContaining(problem),
        remedy: expect.stringContaining("docs/scripts.md"),
      }) as Error,
    );
    expect(() => parseScript(text, "f.yaml")).toThrow(place);
  });
});

describe("given a file", () => {
  it("when it is JSON, then it is read", async () => {
    const file = join(scratchDirectory("script"), "s.json");
    const script = { version: 1, workers: { w: [{ do: { say: { a: 1 } } }] } };
    writeFileSync(file, JSON.stringify(script, null, 2));
    expect(await readScript(file)).toEqual(script);
  });

  it("when it is not there, then the error says which", async () => {
    await expect(readScript("/nowhere/s.yaml")).rejects.toMatchObject({
      code: "script.unreadable",
      message: expect.stringContaining("/nowhere/s.yaml"),
    });
  });
});
