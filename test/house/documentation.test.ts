import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { groupOf } from "../../cli/help.ts";
import { commands } from "../../cli/table.ts";
import { portcullis } from "../support/cli.ts";

const root = join(import.meta.dirname, "..", "..");
const folders = [
  "agents",
  "bench",
  "bin",
  "cli",
  "codex",
  "core",
  "db",
  "docs",
  "examples",
  "fleet",
  "handoffs",
  "orchestrator",
  "pipelines",
  "replay",
  "schemas",
  "test",
  "tracing",
  "web",
];
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && !path.startsWith("examples/demo-repository/"));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("documentation", () => {
  it.each(folders)("%s has a README that says what it is", (folder) => {
    expect(read(`${folder}/README.md`)).toMatch(new RegExp(`^# ${folder}\n\n\\S`));
  });

  it.each(files)("%s links to files that exist", (file) => {
    const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    const relative = links.filter((target) => !/^[a-z]+:|^#/.test(target));
    const missing = relative.filter(
      (target) => !existsSync(join(root, dirname(file), target.replace(/#.*/, ""))),
    );
    expect(missing).toEqual([]);
  });

  it("names paths of the code that exist", () => {
    const missing = files.flatMap((file) =>
      [...read(file).matchAll(/`([a-z][\w-]*(?:\/[\w.-]+)*\/[\w.-]+\.(?:ts|mjs|md|sql))`/g)]
        .map(([, path = ""]) => path)
        .filter((path) => ![root, join(root, dirname(file))].some((base) => existsSync(join(base, path))))
        .filter((path) => !path.includes("core/x.") && !existsSync(join(root, "orchestrator", path)))
        .map((path) => `${file}: ${path}`),
    );
    expect(missing).toEqual([]);
  });
});

/** Command lines in code, their continued lines joined: the command and its long options. */
function commandLines(file: string): { line: string; name: string; options: readonly string[] }[] {
  const text = read(file).replaceAll("\\\n", " ");
  return [...text.matchAll(/(?:`|^\$? ?)portcullis ([^`\n]*)/gm)].flatMap(([line, rest = ""]) => {
    const [word = "", second = ""] = rest.split(" ");
    const name = groupOf(word).length > 0 ? `${word} ${second}` : word;
    const own = rest.replaceAll(/'[^']*'|"[^"]*"/g, "").replace(/ # .*/, "");
    const options = [...own.matchAll(/(?<=\s|^)--[a-z][a-z-]*/g)].map(([option]) => option);
    return /^[a-z]+(?: [a-z]+)?$/.test(name) ? [{ line, name, options }] : [];
  });
}

describe("command lines in the documentation", () => {
  const lines = files.flatMap(commandLines);
  const help = new Map<string, string>();
  beforeAll(async () => {
    for (const { name } of commands)
      help.set(name, (await portcullis([...name.split(" "), "--help"])).stdout);
  });

  it("are found", () => {
    expect(lines.length).toBeGreaterThan(15);
  });

  it("name commands that exist, and options that the command's help has", () => {
    const known = [...commands.map(({ name }) => name), "help"];
    const wrong = lines.filter(
      ({ name, options }) =>
        !known.includes(name) || options.some((option) => !help.get(name)?.includes(`${option} `)),
    );
    expect(wrong).toEqual([]);
  });

  it("name every option of run in its table", () => {
    const own = [...(help.get("run") ?? "").matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option = ""]) => option);
    expect(own.length).toBeGreaterThan(8);
    expect(own.filter((option) => !read("docs/cli.md").includes(`\`${option}`))).toEqual([]);
  });
});
