import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { scratchDirectory } from "../support/scratch.ts";

const checkout = join(import.meta.dirname, "../..");
const consumer = scratchDirectory("packed");
const installed = join(consumer, "node_modules", "portcullis");

/** The tarball as npm installs it: its own files, and of the dependencies only those that it names. No network. */
beforeAll(() => {
  const pack = ["pack", "--silent", "--pack-destination", consumer];
  const tarball = execFileSync("npm", pack, { cwd: checkout, encoding: "utf8" }).trim().split("\n").at(-1)!;
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(consumer, tarball), "--strip-components=1", "-C", installed]);
  rmSync(join(consumer, tarball));
  const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const link = join(consumer, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(checkout, "node_modules", name), link);
  }
});

function run(...args: readonly string[]) {
  const bin = join(installed, "bin", "portcullis.mjs");
  const { PATH = "", HOME = "" } = process.env;
  return spawnSync(process.execPath, [bin, ...args], {
    cwd: consumer,
    env: { PATH, HOME },
    encoding: "utf8",
  });
}

describe("given the package as it is installed", () => {
  it("when its files are listed, then there is no TypeScript but declarations, and no test", () => {
    const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
    expect(files.filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))).toEqual([]);
    expect(files.filter((path) => /^dist\/(?:test|bench|node_modules)\b/.test(path))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining(["dist/cli/main.js", "dist/index.d.ts", "README.md", "LICENSE"]),
    );
  });

  it("when help is asked for, then it answers", () => {
    expect(run("--help")).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining("demo") });
  });

  it("when the demo runs, then it passes, and the run is listed from a state folder that is its owner's alone", () => {
    const state = join(consumer, "state");
    const before = process.umask(0o022);
    const demo = run("demo", "--state-dir", state);
    process.umask(before);
    expect(demo).toMatchObject({ status: 0, stderr: "" });
    expect(demo.stdout).toMatch(/gate command:test {2}failed[\s\S]*\npassed {2}run/);
    const runs = run("runs", "--json", "--state-dir", state);
    expect(JSON.parse(runs.stdout)).toMatchObject([{ status: "passed" }]);
    expect(statSync(state).mode & 0o777).toBe(0o700);
  });

  it.each(["portcullis", "portcullis/store", "portcullis/look", "portcullis/trace"])(
    "when '%s' is imported, then it is the compiled one",
    (name) => {
      const program = `const it = await import("${name}"); console.log(Object.keys(it).length, import.meta.resolve("${name}"));`;
      const ran = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
        cwd: consumer,
        encoding: "utf8",
      });
      expect(ran).toMatchObject({ status: 0, stderr: "" });
      expect(ran.stdout).toMatch(/^[1-9]\d* file:.*\/dist\/[a-z]+\.js\n$/);
    },
  );
});
