import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { locateSandboxTools } from "../../codex/locate.ts";
import { parseRepositoryConfig } from "../../core/config/read.ts";
import { portcullis, runScripted } from "../support/cli.ts";
import { commitFiles, git, makeRepository } from "../support/git-repository.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { script } from "../support/scripted.ts";

const bin = join(import.meta.dirname, "../../bin/portcullis.mjs");
const manifest = JSON.stringify({ scripts: { test: "node --test" }, dependencies: { a: "1" } });
const makefile = { Makefile: "test:\n\ttrue\n" };

async function init(files: Readonly<Record<string, string>>, ...args: string[]) {
  const { root } = makeRepository(files);
  const ran = await portcullis(["init", "--repo", root, ...args]);
  const path = join(root, "portcullis.yaml");
  return { root, path, ran, text: existsSync(path) ? readFileSync(path, "utf8") : null };
}

describe("portcullis init", () => {
  it.each([
    ["npm", { "package.json": manifest, "package-lock.json": "{}" }, "npm ci", "npm test"],
    [
      "pnpm",
      { "package.json": manifest, "pnpm-lock.yaml": "" },
      "pnpm install --frozen-lockfile",
      "pnpm run test",
    ],
    [
      "yarn",
      { "package.json": manifest, "yarn.lock": "" },
      "yarn install --frozen-lockfile",
      "yarn run test",
    ],
    [
      "pip",
      { "requirements.txt": "pytest\n" },
      "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
      ".venv/bin/python -m pytest",
    ],
    ["uv", { "uv.lock": "" }, "uv sync --frozen", "uv run --offline --no-sync python -m pytest"],
    ["go", { "go.mod": "module x\n", "go.sum": "" }, "go mod download", "go test ./..."],
    ["cargo", { "Cargo.toml": "", "Cargo.lock": "" }, "cargo fetch --locked", "cargo test"],
    ["make", makefile, null, "make test"],
  ])(
    "given a repository of %s, then it writes a file that a run reads",
    async (_what, files, setup, test) => {
      const { ran, text } = await init(files);
      expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
      expect(parseRepositoryConfig(text!, "portcullis.yaml")).toMatchObject({
        setup,
        commands: { test },
        protected: [],
      });
    },
  );

  it("given what it wrote, committed, when a run starts, then it gets as far as the planner", async () => {
    const { root } = await init(makefile);
    commitFiles(root, {});
    const ran = await runScripted(script({}), ["Do it", "--repo", root]);
    expect(ran.stdout).toContain("plan/plan#1");
    expect(ran.exitCode).toBe(6);
  });

  it("given a folder of the repository and files that git does not know yet, then the file lies at the root", async () => {
    const { root } = makeRepository({ "a/b.txt": "" });
    writeFileSync(join(root, "Makefile"), makefile.Makefile);
    const ran = await portcullis(["init"], { cwd: join(root, "a") });
    expect(ran.exitCode).toBe(0);
    expect(git(root, "status", "--porcelain")).toBe("?? Makefile\n?? portcullis.yaml");
  });

  it("given --json, then stdout is one document with the path and the text", async () => {
    const { ran, path, text } = await init(makefile, "--json");
    expect(JSON.parse(ran.stdout)).toEqual({ path, text });
  });

  it("given a file that exists, then it is left alone unless --force is given", async () => {
    const { ran, text, root, path } = await init({ ...makefile, "portcullis.yaml": "mine\n" });
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^portcullis: .*exists already\n {2}→ .*--force\n$/);
    expect(text).toBe("mine\n");
    expect((await portcullis(["init", "--force", "--repo", root])).exitCode).toBe(0);
    expect(readFileSync(path, "utf8")).toContain("make test");
  });

  it("given a link in the file's place, then what it leads to is never written, with --force neither", async () => {
    for (const leadsTo of ["exists", "nothing"]) {
      const target = join(scratchDirectory("outside"), "file");
      if (leadsTo === "exists") writeFileSync(target, "precious\n");
      const { root } = makeRepository(makefile);
      const path = join(root, "portcullis.yaml");
      symlinkSync(target, path);
      expect((await portcullis(["init", "--repo", root])).exitCode).toBe(2);
      expect((await portcullis(["init", "--repo", root, "--force"])).exitCode).toBe(0);
      expect(existsSync(target) ? readFileSync(target, "utf8") : null).toBe(
        leadsTo === "exists" ? "precious\n" : null,
      );
      expect(lstatSync(path).isFile()).toBe(true);
    }
  });

  it("given a folder in the file's place, then it is refused in words", async () => {
    const { root } = makeRepository(makefile);
    mkdirSync(join(root, "portcullis.yaml"));
    const ran = await portcullis(["init", "--repo", root, "--force"]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain("a folder");
  });

  it.each([[[]], [["--force"]]])(
    "given a root that cannot be written, not even by root (%j), then it is the machine's error, with a remedy",
    (more) => {
      const { root } = makeRepository({ ...makefile, "portcullis.yaml": "old" });
      if (more.length === 0) git(root, "rm", "--quiet", "portcullis.yaml");
      const mounted = ["--dev-bind", "/", "/", "--ro-bind", root, root, "--"];
      const command = [process.execPath, bin, "init", "--repo", root, ...more];
      const ran = spawnSync(locateSandboxTools().bwrap, [...mounted, ...command], { encoding: "utf8" });
      expect(ran).toMatchObject({ status: 4, stdout: "" });
      expect(ran.stderr).toMatch(
        /^portcullis: .*portcullis\.yaml.*EROFS.*\n {2}→ make the folder writable.*\n$/,
      );
    },
  );

  it("given nothing that is recognised, then nothing is written and the remedy says what to write", async () => {
    const { ran, text } = await init({ "a.txt": "a" });
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("commands:") });
    expect(text).toBeNull();
  });
});
