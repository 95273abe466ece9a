import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { detectConfig } from "../../../orchestrator/environment/detect.ts";
import { writeFiles } from "../../support/git-repository.ts";
import { scratchDirectory } from "../../support/scratch.ts";

type Files = Readonly<Record<string, string>>;

function detect(files: Files) {
  return detectConfig({ paths: Object.keys(files), read: async (path) => files[path] ?? null });
}

const scripts = JSON.stringify({ scripts: { test: "vitest", lint: "oxlint", start: "node ." } });

describe("what a repository seems to need", () => {
  it.each([
    [
      "npm with a lock file",
      { "package.json": scripts, "package-lock.json": "{}" },
      "npm ci",
      { test: "npm test", lint: "npm run lint" },
    ],
    [
      "npm with a shrinkwrap",
      { "package.json": scripts, "npm-shrinkwrap.json": "{}" },
      "npm ci",
      { test: "npm test", lint: "npm run lint" },
    ],
    [
      "npm without dependencies",
      { "package.json": scripts },
      null,
      { test: "npm test", lint: "npm run lint" },
    ],
    [
      "npm with dependencies and no lock file",
      { "package.json": '{"scripts":{"test":"x"},"devDependencies":{"a":"1"}}' },
      "npm install",
      { test: "npm test" },
    ],
    [
      "pnpm",
      { "package.json": scripts, "pnpm-lock.yaml": "" },
      "pnpm install --frozen-lockfile",
      { test: "pnpm run test", lint: "pnpm run lint" },
    ],
    [
      "yarn",
      { "package.json": scripts, "yarn.lock": "" },
      "yarn install --frozen-lockfile",
      { test: "yarn run test", lint: "yarn run lint" },
    ],
    [
      "Go with modules",
      { "go.mod": "", "go.sum": "" },
      "go mod download",
      { test: "go test ./...", vet: "go vet ./..." },
    ],
    ["Go alone", { "go.mod": "" }, null, { test: "go test ./...", vet: "go vet ./..." }],
    ["Cargo", { "Cargo.toml": "", "Cargo.lock": "" }, "cargo fetch --locked", { test: "cargo test" }],
    ["Cargo without a lock file", { "Cargo.toml": "" }, "cargo fetch", { test: "cargo test" }],
    [
      "uv",
      { "uv.lock": "", "pyproject.toml": "", "lib/src/a.py": "" },
      "uv sync --frozen",
      { test: "uv run --offline --no-sync python -m pytest" },
    ],
    [
      "uv with sources under src",
      { "uv.lock": "", "pyproject.toml": "", "src/a/__init__.py": "" },
      "uv sync --frozen",
      { test: "PYTHONPATH=src uv run --offline --no-sync python -m pytest" },
    ],
    [
      "pip with pytest",
      { "requirements.txt": "PyTest==8\n" },
      "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
      { test: ".venv/bin/python -m pytest" },
    ],
    [
      "pip with unittest",
      { "requirements.txt": "requests\n", "requirements-dev.txt": "mock\n", "test_a.py": "" },
      "python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.txt",
      { test: ".venv/bin/python -m unittest discover" },
    ],
    [
      "make",
      { Makefile: "all:\n\ttrue\ntest: all\n\ttrue\nlint ::\n\ttrue\n" },
      null,
      { test: "make test", lint: "make lint" },
    ],
    [
      "make, by the file that make itself takes",
      { Makefile: "test:\n", GNUmakefile: "check:\n" },
      null,
      { check: "make check" },
    ],
    [
      "a package without scripts, and a Makefile",
      { "package.json": "{}", Makefile: "test:\n" },
      null,
      { test: "make test" },
    ],
    [
      "a broken package.json, and a Makefile",
      { "package.json": "{", Makefile: "test:\n" },
      null,
      { test: "make test" },
    ],
  ] as const)("given %s, then its own tools are named", async (_what, files, setup, commands) => {
    expect((await detect(files))?.config).toEqual({ setup, commands });
  });

  it.each([
    ["nothing", {}],
    [
      "npm's placeholder",
      { "package.json": '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' },
    ],
    ["scripts that are no texts", { "package.json": '{"scripts":{"test":1,"lint":null}}' }],
    ["a package.json that is a list", { "package.json": "[]" }],
    ["a Makefile whose 'test' is a variable", { Makefile: "test := a\ncheck = b\nlint ::= c\n" }],
    ["requirements and no tests", { "requirements.txt": "requests\n" }],
    ["Python without tests", { "main.py": "" }],
    ["a package in a folder alone", { "app/package.json": scripts }],
  ] as const)("given %s, then nothing is recognised", async (_what, files) => {
    expect(await detect(files)).toBeNull();
  });
});

const failing = "import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        self.fail()\n";

/** How many tests failed: what was found was run. */
function failuresOf(command: string, files: Files): number {
  const directory = scratchDirectory("python");
  writeFiles(directory, files);
  const script = `{ ${command.replaceAll("&&", ";")} ; } 2>&1 | grep -c '^FAIL:' || true`;
  return Number(execFileSync("bash", ["-c", script], { cwd: directory, encoding: "utf8" }));
}

describe("the command for Python's own unittest", () => {
  it.each([
    ["in the root", { "test_a.py": failing }, "discover"],
    ["in a folder that is no package", { "tests/test_a.py": failing }, "discover -s tests"],
    ["in a package", { "tests/__init__.py": "", "tests/test_a.py": failing }, "discover -s tests -t ."],
    [
      "in packages below each other",
      {
        "tests/__init__.py": "",
        "tests/test_a.py": failing,
        "tests/unit/__init__.py": "",
        "tests/unit/test_b.py": failing,
      },
      "discover -s tests -t .",
    ],
    [
      "in a package in a folder",
      { "lib/p/__init__.py": "", "lib/p/test_a.py": failing },
      "discover -s lib/p -t lib",
    ],
    ["named the other way round", { "tests/a_test.py": failing }, "discover -s tests -p '*_test.py'"],
    [
      "named in both ways",
      { "tests/a_test.py": failing, "tests/test_b.py": failing },
      "discover -s tests -p '*test*.py'",
    ],
    [
      "in folders that are no packages",
      { "a/test_a.py": failing, "b/test_b.py": failing },
      "discover -s a && python3 -m unittest discover -s b",
    ],
  ])("given tests %s, then it finds and runs every one", async (_what, files, command) => {
    const test = (await detect(files))!.config.commands["test"]!;
    expect(test).toBe(`python3 -m unittest ${command}`);
    const count = Object.values(files).filter((text) => text === failing).length;
    expect(failuresOf(test, files)).toBe(count);
  });
});
