import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchDirectory } from "../support/scratch.ts";

const root = join(import.meta.dirname, "..", "..");
const oxlint = join(root, "node_modules", ".bin", "oxlint");

/** Lints planted files under the project's own configuration, outside of the checkout. */
function lint(planted: Readonly<Record<string, string>>): { output: string; failed: boolean } {
  const directory = scratchDirectory("direction");
  cpSync(join(root, ".oxlintrc.json"), join(directory, ".oxlintrc.json"));
  for (const [path, text] of Object.entries(planted)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  try {
    return { output: execFileSync(oxlint, ["."], { cwd: directory, encoding: "utf8" }), failed: false };
  } catch (error) {
    return { output: String((error as { stdout: unknown }).stdout), failed: true };
  }
}

const forbidden: readonly [from: string, specifier: string][] = [
  ["core/a.ts", "../db/open-store.ts"],
  ["core/config/a.ts", "../../orchestrator/decide.ts"],
  ["handoffs/a.ts", "../agents/roles.ts"],
  ["agents/a.ts", "../orchestrator/state.ts"],
  ["codex/a.ts", "../orchestrator/state.ts"],
  ["db/a.ts", "../tracing/spans-of.ts"],
  ["tracing/a.ts", "../db/open-store.ts"],
  ["replay/a.ts", "../codex/locate.ts"],
  ["orchestrator/a.ts", "../codex/locate.ts"],
  ["orchestrator/perform/a.ts", "../../db/open-store.ts"],
  ["orchestrator/a.ts", "../index.ts"],
  ["pipelines/a.ts", "../db/open-store.ts"],
  ["cli/a.ts", "../orchestrator/decide.ts"],
  ["cli/commands/a.ts", "../../db/open-store.ts"],
  ["orchestrator/b.ts", "better-sqlite3"],
  ["core/b.ts", "@modelcontextprotocol/sdk/types.js"],
  ["db/b.ts", "@opentelemetry/api"],
];

describe("the direction of imports", () => {
  it.each(forbidden)(
    "given %s that imports %s, then lint refuses it by name, as a type too",
    (from, specifier) => {
      for (const statement of [
        `import { x } from "${specifier}";`,
        `import type { X } from "${specifier}";`,
      ]) {
        const { output, failed } = lint({ [from]: `${statement}\nexport const y = 1;\n` });
        expect(failed).toBe(true);
        expect(output).toContain("no-restricted-imports");
        expect(output).toContain(specifier);
      }
    },
  );

  it("given imports in the right direction, then lint has nothing to say", () => {
    const { output, failed } = lint({
      "orchestrator/a.ts": 'import { digestOf } from "../core/digest.ts";\nexport const a = digestOf(1);\n',
      "core/config/a.ts": 'import { limits } from "../limits.ts";\nexport const b = limits;\n',
      "cli/commands/a.ts": 'import { lookAtRun } from "../../look.ts";\nexport const c = lookAtRun;\n',
    });
    expect(output).not.toContain("no-restricted-imports");
    expect(failed).toBe(false);
  });

  it("given a long file and a long function, then lint refuses both", () => {
    const { output } = lint({
      "core/long.ts": Array.from(
        { length: 410 },
        (_none, index) => `export const v${index} = ${index};`,
      ).join("\n"),
      "core/deep.ts": `export function f() {\n${"  void 0;\n".repeat(80)}}\n`,
    });
    expect(output).toContain("max-lines");
    expect(output).toContain("max-lines-per-function");
  });

  it("sees every module of every folder, but the generated one", () => {
    const folders = [
      "core",
      "handoffs",
      "agents",
      "codex",
      "db",
      "tracing",
      "replay",
      "orchestrator",
      "pipelines",
      "cli",
    ];
    const modules = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".ts"))
        .map((path) => join(folder, path)),
    );
    const written = modules.filter((path) => path !== "codex/bridge/protocol.ts");
    expect(written).toHaveLength(modules.length - 1);
    const seen = execFileSync(oxlint, [...folders, "--format", "json"], { cwd: root, encoding: "utf8" });
    const { number_of_files: count } = JSON.parse(seen) as { number_of_files: number };
    expect(modules.length).toBeGreaterThan(100);
    expect(count).toBe(written.length);
  });
});
