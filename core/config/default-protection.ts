import type { ProtectionRule } from "../protection.ts";

const tests = [
  "**/test/**",
  "**/tests/**",
  "**/__tests__/**",
  "**/spec/**",
  "**/*.test.*",
  "**/*.spec.*",
  "**/*_test.go",
  "**/test_*.py",
  "**/*_test.py",
  "**/testdata/**",
  "**/__snapshots__/**",
];

const dependencies = [
  "**/package.json",
  "**/package-lock.json",
  "**/npm-shrinkwrap.json",
  "**/pnpm-lock.yaml",
  "**/pnpm-workspace.yaml",
  "**/yarn.lock",
  "**/bun.lock",
  "**/requirements*.txt",
  "**/pyproject.toml",
  "**/uv.lock",
  "**/poetry.lock",
  "**/setup.py",
  "**/setup.cfg",
  "**/Pipfile*",
  "**/go.mod",
  "**/go.sum",
  "**/Cargo.toml",
  "**/Cargo.lock",
  "**/build.rs",
  "**/Makefile",
  "**/makefile",
  "**/GNUmakefile",
];

const steering = [
  ".github/**",
  ".gitlab-ci.yml",
  ".gitlab/**",
  ".circleci/**",
  ".buildkite/**",
  "azure-pipelines.yml",
  "Jenkinsfile",
  "**/vitest.*.*",
  "**/vitest.config.*",
  "**/vite.config.*",
  "**/jest.config.*",
  "**/babel.config.*",
  "**/tsconfig*.json",
  "**/.mocharc*",
  "**/ava.config.*",
  "**/playwright.config.*",
  "**/pytest.ini",
  "**/tox.ini",
  "**/noxfile.py",
  "**/conftest.py",
  "**/sitecustomize.py",
  "**/usercustomize.py",
  "**/.coveragerc",
  "**/eslint.config.*",
  "**/.eslintrc*",
  "**/.npmrc",
  "**/.yarnrc*",
  "**/.pnpmfile.cjs",
  "**/.cargo/**",
  "**/rust-toolchain*",
  "**/.gitattributes",
  "**/.gitmodules",
  "**/.envrc",
  "**/AGENTS.md",
  "**/AGENTS.override.md",
  ".codex/**",
  ".agents/**",
  "portcullis.yaml",
  "portcullis.ts",
];

const rules = (mode: ProtectionRule["mode"], globs: readonly string[]): ProtectionRule[] =>
  globs.map((glob) => ({ glob, mode }));

/**
 * What is protected where the repository says nothing: existing tests stay, and what decides how commands run (package
 * scripts, lock files, CI, tool configuration) is frozen. Later rules win over earlier ones, a repository's own over these.
 */
export const defaultProtection: readonly ProtectionRule[] = [
  ...rules("add-only", tests),
  ...rules("frozen", dependencies),
  ...rules("frozen", steering),
];
