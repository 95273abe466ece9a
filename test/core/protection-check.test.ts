import { describe, expect, it, test } from "vitest";
import type { Change } from "../../core/change.ts";
import { defaultProtection } from "../../core/config/default-protection.ts";
import type { ProtectionRule } from "../../core/protection.ts";
import { protectionRuleSchema } from "../../core/protection.ts";
import { breaches } from "../../core/protection-check.ts";

const kinds = ["added", "modified", "deleted", "type-changed"] as const;

function change(path: string, kind: Change["kind"]): Change {
  return { path, kind, mode: "100644" };
}

/** Which kinds of change the rules refuse for a path. */
function refused(path: string, rules: readonly ProtectionRule[]): string[] {
  return kinds.filter((kind) => breaches([change(path, kind)], rules).length > 0);
}

describe("given the default protection", () => {
  it.each([
    "test/a.js",
    "packages/x/tests/.b",
    "src/__tests__/c.ts",
    "spec/models/a_spec.rb",
    "src/a.test.ts",
    "a.spec.js",
    "pkg/a_test.go",
    "test_a.py",
    "a_test.py",
    "src/a-test.mjs",
    "src/__snapshots__/a.snap",
    "Tests/Unit/A.cs",
    "tests/a\nb.py",
  ])("when the test '%s' is there already, then it stays; a new one may come", (path) => {
    expect(refused(path, defaultProtection)).toEqual(["modified", "deleted", "type-changed"]);
  });

  it.each([
    "package.json",
    "packages/a/package.json",
    "package.yaml",
    "Package.JSON",
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "pyproject.toml",
    "uv.lock",
    "go.mod",
    "go.work",
    "Cargo.toml",
    "build.rs",
    "Makefile",
    "makefile",
    "MAKEFILE",
    "pom.xml",
    "app/build.gradle.kts",
    "Gemfile.lock",
    "a.csproj",
    ".github/workflows/ci.yml",
    ".github/.hidden",
    ".ci/run",
    ".gitlab-ci.yml",
    "vitest.config.ts",
    "vitest.setup.ts",
    "packages/a/jest.setup.js",
    "tsconfig.json",
    "tsconfig.build.json",
    ".mocharc.cjs",
    "pytest.ini",
    "pytest.toml",
    "tests/conftest.py",
    "src/CONFTEST.py",
    "sitecustomize.py",
    ".npmrc",
    "sub/.npmrc",
    ".env.test",
    ".pnpmfile.mjs",
    ".gitattributes",
    "src/.gitattributes",
    ".gitmodules",
    "AGENTS.md",
    "src/agents.md",
    ".codex/config.toml",
    "portcullis.yaml",
    "Portcullis.yaml",
  ])("when '%s', which steers tools or tests, is touched in any way, then it is refused", (path) => {
    expect(refused(path, defaultProtection)).toEqual([...kinds]);
  });

  it.each([
    "node_modules/vitest/index.js",
    "test/node_modules/vitest/index.js",
    "unittest.py",
    "tests/unittest/__init__.py",
    "tests/pytest.py",
    "evil.pth",
    "evil-1.dist-info/entry_points.txt",
    "test/package.json",
  ])("when '%s' is added, beside tests too, in place of what was installed, then it is refused", (path) => {
    expect(refused(path, defaultProtection)).toContain("added");
  });

  it.each([
    "src/a.ts",
    "latest.ts",
    "src/contest/a.ts",
    "README.md",
    "docs/testing.md",
    "src/specification.md",
    "src/attest.py",
    "src/environment.ts",
  ])("when the plain file '%s' is touched, then it is allowed", (path) => {
    expect(refused(path, defaultProtection)).toEqual([]);
  });

  it("when its rules are read as a repository's own, then each is a valid rule", () => {
    for (const rule of defaultProtection) expect(protectionRuleSchema.parse(rule)).toEqual(rule);
  });
});

test("given a repository's own rules, when they speak of the same path, then the last one counts", () => {
  const own = (mode: ProtectionRule["mode"], glob: string): ProtectionRule[] => [
    ...defaultProtection,
    { glob, mode },
  ];
  expect(refused("src/legacy/a", own("frozen", "src/legacy"))).toEqual([...kinds]);
  expect(refused("package.json", own("open", "package.json"))).toEqual([]);
  expect(refused("test/a", own("frozen", "test/**"))).toEqual([...kinds]);
  expect(refused("test/a", [...own("frozen", "test/**"), { glob: "test/a", mode: "open" }])).toEqual([]);
});

test("given a rule that opens, when a path is named otherwise in the least, then it stays protected", () => {
  const open = [...defaultProtection, { glob: "test/*", mode: "open" } as const];
  expect(refused("test/a", open)).toEqual([]);
  expect(refused("TEST/a", open)).not.toEqual([]);
  expect(refused("test/a/b", open)).not.toEqual([]);
});

test("given breaches, when they are told, then the path and what was done to it are named", () => {
  const rules: ProtectionRule[] = [
    { glob: "a", mode: "frozen" },
    { glob: "b", mode: "add-only" },
  ];
  expect(breaches([change("a", "added"), change("b", "deleted"), change("c", "deleted")], rules)).toEqual([
    { path: "a", problem: "this path is frozen, and was added" },
    { path: "b", problem: "existing files here are frozen (new ones are allowed), and this was deleted" },
  ]);
});
