import { describe, expect, it } from "vitest";
import { readConfig } from "../../orchestrator/read-config.ts";

function read(files: Readonly<Record<string, string>>, ...checks: string[]) {
  const repository = { paths: Object.keys(files), read: async (path: string) => files[path] ?? null };
  return readConfig(repository, checks);
}

describe("the configuration of a run", () => {
  it("given a file and checks, then the checks stand beside the file's commands and replace none", async () => {
    const yaml = "commands:\n  check: npm run check\n  check-2: b\n";
    const { commands } = await read({ "portcullis.yaml": yaml }, "one", "two");
    expect(commands).toEqual({ check: "npm run check", "check-2": "b", "check-3": "one", "check-4": "two" });
  });

  it("given no file and a check, then set-up is what would be detected", async () => {
    const files = { "package.json": '{"scripts":{"test":"x"}}', "package-lock.json": "{}" };
    expect(await read(files, "npm test")).toEqual({
      setup: "npm ci",
      commands: { check: "npm test" },
      protected: [],
    });
  });

  it("given a file without set-up, then there is none, whatever could be detected", async () => {
    const files = {
      "portcullis.yaml": "commands: { test: x }\n",
      "package-lock.json": "{}",
      "package.json": "{}",
    };
    expect((await read(files)).setup).toBeNull();
  });

  it.each(["", " \t\n ", "# npm test", "\n#a\n"])(
    "given --check %j beside a good one, then it is refused: it would pass whatever the work is",
    async (check) => {
      await expect(read({}, "npm test", check)).rejects.toMatchObject({ code: "check.empty", kind: "usage" });
    },
  );

  it("given a blank command in the file, then it is refused with its place", async () => {
    await expect(read({ "portcullis.yaml": "commands: { test: ' ' }\n" })).rejects.toMatchObject({
      code: "config.invalid",
      kind: "usage",
      message: expect.stringMatching(/^portcullis\.yaml:1:\d+: /),
    });
  });

  it("given no command at all, then it is refused with what would be detected", async () => {
    await expect(read({ Makefile: "test:\n" })).rejects.toMatchObject({
      code: "config.no-commands",
      remedy: expect.stringContaining("--check 'make test'"),
    });
  });
});
