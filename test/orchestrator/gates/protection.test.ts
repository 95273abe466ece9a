import { chmodSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";
import { commitOn } from "../../support/world.ts";

const files = {
  "src/a.js": "a\n",
  "test/a.test.js": "t\n",
  "package.json": "{}\n",
  "portcullis.yaml": "commands: {}\n",
  "docs/api.md": "api\n",
  "run-tests": "exit 1\n",
  "scripts/lint.sh": "exit 1\n",
  "scripts/[all]+(x).sh": "exit 1\n",
  "tests/test_a.py": "pass\n",
};

async function judgeChange(
  change: Readonly<Record<string, string | null>>,
  config: object = {},
  arrange?: (directory: string) => void,
) {
  const { judge, world, base } = await gateBench({ files, config });
  const commit = await commitOn(world, base, change, arrange);
  return judge({ kind: "protection" }, { commit });
}

describe("the protection gate", () => {
  it("given new tests and other changes, then it passes", async () => {
    const change = { "src/a.js": "x", "test/b.test.js": "t", "src/a.test.js": "t", "docs/api.md": "x" };
    expect(await judgeChange(change)).toMatchObject({ verdict: "passed", findings: [] });
  });

  it.each([
    ["a test that is changed", { "test/a.test.js": "// nothing\n" }, "existing files here are frozen"],
    ["a test that is deleted", { "test/a.test.js": null }, "this was deleted"],
    ["a test that is moved", { "test/a.test.js": null, "test/z.test.js": "t\n" }, "this was deleted"],
    ["package scripts", { "package.json": '{"scripts":{"test":"true"}}' }, "frozen, and was modified"],
    ["a package in a folder", { "src/package.json": '{"type":"module"}' }, "frozen, and was added"],
    ["the configuration itself", { "portcullis.yaml": "commands: { test: 'true' }\n" }, "frozen"],
    ["CI", { ".github/workflows/ci.yml": "x" }, "frozen"],
    ["a file that steers the tests", { "test/conftest.py": "x" }, "frozen"],
    ["attributes", { "src/.gitattributes": "* text" }, "frozen"],
    ["instructions for agents", { "src/AGENTS.md": "x" }, "frozen"],
    ["an option among the tests", { "test/--import=x.mjs": "" }, "frozen"],
    ["a compiled test", { "tests/__pycache__/test_a.cpython-311.pyc": "x" }, "frozen"],
    ["a package in a test's place", { "tests/test_a/__init__.py": "" }, "frozen"],
    ["a module of the standard library", { "argparse.py": "" }, "frozen"],
    ["vendored code", { "vendor/assert/assert.go": "x" }, "frozen"],
    ["a mock beside node_modules", { "__mocks__/chai.js": "x" }, "frozen"],
  ])("given %s, then it fails", async (_what, change, says) => {
    const judgement = await judgeChange(change);
    expect(judgement.verdict).toBe("failed");
    expect(messagesOf(judgement).join("\n")).toContain(says);
  });

  it("given a program of a command whose path has characters that globs know, then it is frozen all the same", async () => {
    for (const path of ["ci/@all/run+check.sh", "ci/run(all)", "ci/[x]/run", "ci/{a,b}/run"]) {
      const bench = await gateBench({
        files: { ...files, [path]: "exit 1\n" },
        config: { commands: { test: `'./${path}'` } },
      });
      const commit = await commitOn(bench.world, bench.base, { [path]: "exit 0\n" });
      const judgement = await bench.judge({ kind: "protection" }, { commit });
      expect([path, judgement.verdict]).toEqual([path, "failed"]);
    }
  });

  it("given what the pipeline itself is made of, then it is frozen where it lies in the repository, unless it is opened", async () => {
    const source = {
      file: "ci/own.ts",
      commit: "0".repeat(40),
      digest: "d",
      files: ["ci/own.ts", "ci/[gate].ts"].map((path) => ({ path, sha256: "e" })),
    };
    const own = { ...files, "ci/own.ts": "", "ci/[gate].ts": "", "ci/other.ts": "" };
    const judge = async (path: string, more: object) => {
      const bench = await gateBench({ files: own, ...more });
      const commit = await commitOn(bench.world, bench.base, { [path]: "changed\n" });
      return (await bench.judge({ kind: "protection" }, { commit })).verdict;
    };
    expect(await judge("ci/own.ts", { source })).toBe("failed");
    expect(await judge("ci/[gate].ts", { source })).toBe("failed");
    expect(await judge("ci/other.ts", { source })).toBe("passed");
    expect(await judge("ci/own.ts", { source: { ...source, commit: null } })).toBe("passed");
    const config = { protected: [{ glob: "ci/**", mode: "open" }] };
    expect(await judge("ci/own.ts", { source, config })).toBe("passed");
  });

  it("given a test that becomes a link, or that loses its content to a mode, then it fails", async () => {
    const linked = await judgeChange({}, {}, (directory) => {
      unlinkSync(join(directory, "test/a.test.js"));
      symlinkSync("../src/a.js", join(directory, "test/a.test.js"));
    });
    expect(messagesOf(linked)[0]).toContain("this was type-changed");
    const mode = await judgeChange({}, {}, (directory) =>
      chmodSync(join(directory, "test/a.test.js"), 0o755),
    );
    expect(mode.verdict).toBe("failed");
  });

  it("given rules of the repository, then they win over the defaults, the later over the earlier", async () => {
    const protectedPaths = [
      { glob: "docs/**", mode: "frozen" },
      { glob: "test/**", mode: "open" },
    ];
    const config = { protected: protectedPaths };
    expect(await judgeChange({ "test/a.test.js": "x" }, config)).toMatchObject({ verdict: "passed" });
    expect(await judgeChange({ "docs/api.md": "x" }, config)).toMatchObject({ verdict: "failed" });
  });

  it.each([
    ["a program", "./run-tests --all", "run-tests", "exit 0\n"],
    ["a program behind variables", "CI=1 A='b c' ./run-tests", "run-tests", "exit 0\n"],
    ["a script with an odd name", "bash 'scripts/[all]+(x).sh'", "scripts/[all]+(x).sh", "exit 0\n"],
    ["a shell's script", "cd . && bash -e scripts/lint.sh src", "scripts/lint.sh", "exit 0\n"],
  ])(
    "given a command that runs %s of the repository, then a worker cannot make it say yes",
    async (_what, command, path, content) => {
      const config = { commands: { test: command } };
      const judgement = await judgeChange({ [path]: content }, config);
      expect(judgement.verdict).toBe("failed");
      expect(messagesOf(judgement)).toEqual([`${path}: this path is frozen, and was modified`]);
      const opened = { ...config, protected: [{ glob: path, mode: "open" }] };
      expect(await judgeChange({ [path]: content }, opened)).toMatchObject({ verdict: "passed" });
    },
  );

  it("given a set-up that runs a script of the repository, then a worker cannot make it install something else", async () => {
    const config = { setup: "sh scripts/lint.sh" };
    const judgement = await judgeChange({ "scripts/lint.sh": "exit 0\n" }, config);
    expect(messagesOf(judgement)).toEqual(["scripts/lint.sh: this path is frozen, and was modified"]);
  });

  it("given a source that a command is only told of, then it stays open", async () => {
    const config = { commands: { lint: "eslint src/a.js", test: "node --check src/a.js" } };
    expect(await judgeChange({ "src/a.js": "x" }, config)).toMatchObject({ verdict: "passed" });
  });
});
