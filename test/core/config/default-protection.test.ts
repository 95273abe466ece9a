import { describe, expect, it } from "vitest";
import { defaultProtection } from "../../../core/config/default-protection.ts";
import { breaches } from "../../../core/protection-check.ts";

function refused(path: string): string[] {
  const kinds = ["added", "modified", "deleted"] as const;
  return kinds.filter((kind) => breaches([{ path, kind, mode: "100644" }], defaultProtection).length > 0);
}

const frozen: Readonly<Record<string, readonly string[]>> = {
  "npm and Node": [
    "package.json",
    "src/package.json",
    ".npmrc",
    "npm-shrinkwrap.json",
    "node_modules/assert/index.js",
    "src/node_modules/vitest/index.js",
    "node.config.json",
    ".pnpmfile.cjs",
    ".pnp.cjs",
    ".yarn/releases/yarn-4.cjs",
    ".yarnrc.yml",
    "patches/left-pad+1.0.0.patch",
    "tsconfig.test.json",
    ".env.test",
  ],
  "vitest and jest": [
    "vitest.config.ts",
    "vitest.workspace.ts",
    "vitest.setup.ts",
    "packages/a/vite.config.mts",
    "jest.config.js",
    "jest.setup.ts",
    "jest-preset.js",
    "test/jest-environment.js",
    "src/setupTests.ts",
    "test/setup-vitest.ts",
    "__mocks__/left-pad.js",
    "babel.config.cjs",
    ".babelrc",
    ".swcrc",
    "postcss.config.js",
    "svelte.config.js",
    "test/mocha.opts",
    "spec/support/jasmine.mjs",
  ],
  linters: [
    "eslint.config.mjs",
    ".eslintignore",
    "biome.jsonc",
    ".oxlintrc.json",
    ".prettierrc.yaml",
    "ruff.toml",
    ".flake8",
    "mypy.ini",
    ".golangci.yml",
    "clippy.toml",
  ],
  "pip, uv and pytest": [
    "pyproject.toml",
    "setup.cfg",
    "uv.toml",
    "uv.lock",
    "pylock.toml",
    "requirements-dev.in",
    "requirements/test.txt",
    "constraints.txt",
    "conftest.py",
    "tests/unit/conftest.py",
    "pytest.ini",
    ".pytest.ini",
    "tox.ini",
    "sitecustomize.py",
    "src/x.pth",
    "unittest.py",
    "tests/unittest/mock.py",
    "pytest/__init__.py",
    "pluggy.py",
    "src/hypothesis.py",
    "_pytest.cpython-313-x86_64-linux-gnu.so",
    "argparse.py",
    "tests/difflib.py",
    "json/__init__.py",
    "tests/__pycache__/test_sum.cpython-313.pyc",
    "unittest.pyc",
    ".pytest_cache/v/cache/lastfailed",
  ],
  cargo: [
    "Cargo.toml",
    "crates/a/Cargo.toml",
    "Cargo.lock",
    "build.rs",
    ".cargo/config.toml",
    "src/.cargo/config",
    "rust-toolchain.toml",
    ".config/nextest.toml",
    "target/debug/.fingerprint/x",
    "vendor/serde/src/lib.rs",
  ],
  go: ["go.mod", "go.sum", "go.work", "vendor/github.com/stretchr/testify/assert/a.go", "magefile.go"],
  others: [
    "src/test/resources/junit-platform.properties",
    "src/test/resources/META-INF/services/org.junit.platform.engine.TestEngine",
    "buildSrc/src/main/java/A.java",
    "gradle/libs.versions.toml",
    "phpunit.dist.xml",
    "tests/Pest.php",
    "test.runsettings",
    ".rspec-local",
    ".justfile",
    "mise.local.toml",
    ".husky/pre-commit",
    ".gitea/workflows/ci.yml",
    "CLAUDE.md",
    ".mcp.json",
  ],
};

describe("the default protection", () => {
  it.each(Object.entries(frozen))(
    "given what steers %s, then it is frozen, new files too",
    (_what, paths) => {
      for (const path of paths)
        expect([path, refused(path)]).toEqual([path, ["added", "modified", "deleted"]]);
    },
  );

  it("given tests by the names that runners know, then those that are there stay, and new ones may come", () => {
    const tests = [
      "app/tests.py",
      "src/parser/tests.rs",
      "src/spec.ts",
      "login.cy.ts",
      "app.e2e-spec.ts",
      "types.test-d.ts",
      "src/test/java/ATest.java",
    ];
    for (const path of tests) expect([path, refused(path)]).toEqual([path, ["modified", "deleted"]]);
  });

  it("given honest work, then it is open", () => {
    const open = [
      "src/index.ts",
      "src/json.py",
      "app/types.py",
      "lib/logging/__init__.py",
      "docs/tests.md",
      "docs/spec.md",
      "api/spec.yaml",
      "docs/requirements/goals.md",
      "src/argparse.ts",
      "src/mocks/server.ts",
      "config/webpack/readme.md",
      ".env.example",
      ".gitignore",
      "README.md",
      "Dockerfile",
      "src/target/a.rs",
      "cmd/main.go",
      "src/collections/list.js",
      "src/setup.ts",
      "docs/environment.md",
    ];
    for (const path of open) expect([path, refused(path)]).toEqual([path, []]);
  });
});
