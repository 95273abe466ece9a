import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../core/digest.ts";
import { createRedactor } from "../../core/redaction.ts";
import { openStore } from "../../db/open-store.ts";
import { portcullis } from "../support/cli.ts";
import { runPassed, runStarted } from "../support/new-events.ts";
import { scratchDirectory } from "../support/scratch.ts";

const stateDirectory = scratchDirectory("state");
const kept: readonly [name: string, content: string | Uint8Array, mediaType: string][] = [
  ["out/notes.md", "# One\n", "text/markdown"],
  ["out/notes.md", "# Two\n", "text/markdown"],
  ["out/data.json", "[1]", "application/json"],
  ["../../outside.bin", Uint8Array.from([0, 255]), "application/octet-stream"],
  ["a\nb\u202e", "odd", "text/plain"],
];

async function makeRun(id: string, artifacts: typeof kept): Promise<void> {
  const store = await openStore({ stateDirectory, redactor: createRedactor([]) });
  await store.events.append({ runId: id, expectedSequence: 0, events: [runStarted(), runPassed()] });
  for (const [name, content, mediaType] of artifacts) {
    await store.artifacts.put(content, { runId: id, name, mediaType });
  }
  await store.close();
}

const run = "01aaaaaaaaaaaaaaaaaaaaaaaa";
const empty = "02aaaaaaaaaaaaaaaaaaaaaaaa";

beforeAll(async () => {
  await makeRun(run, kept);
  await makeRun(empty, []);
});

const artifacts = (...args: readonly string[]) =>
  portcullis(["artifacts", ...args, "--state-dir", stateDirectory]);

function tree(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

describe("portcullis artifacts", () => {
  it("given a run, then --json lists name, digest, bytes and media type in the order of keeping", async () => {
    const { exitCode, stdout, stderr } = await artifacts(run, "--json");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual(
      kept.map(([name, content, mediaType]) => {
        return { digest: sha256(content), bytes: Buffer.from(content).byteLength, mediaType, name };
      }),
    );
  });

  it("given a run, then a line each is shown, and no name acts on the terminal", async () => {
    const { exitCode, stdout } = await artifacts(run);
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(kept.length);
    expect(lines[0]).toBe(`${sha256("# One\n").slice(0, 12)}          6  text/markdown  out/notes.md`);
    expect(lines[4]).toContain("text/plain  a\\u{a}b\\u{202e}");
  });

  it("given a run that kept nothing, then there is nothing, and that is no failure", async () => {
    expect(await artifacts(empty)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(JSON.parse((await artifacts(empty, "--json")).stdout)).toEqual([]);
  });
});

describe("portcullis artifacts --extract", () => {
  it("given a folder that does not exist, then all is in it and nothing outside, byte for byte", async () => {
    const home = scratchDirectory("extract");
    const { exitCode, stdout } = await artifacts(run, "--extract", join(home, "x/y"), "--json");
    expect(exitCode).toBe(0);
    const notes = (content: string) => `x/y/out/notes.${sha256(content).slice(0, 12)}.md`;
    expect(tree(home)).toEqual(
      [
        "x/y/%../%../outside.bin",
        "x/y/a%0Ab%202E",
        "x/y/out/data.json",
        notes("# One\n"),
        notes("# Two\n"),
      ].toSorted((a, b) => (a < b ? -1 : 1)),
    );
    expect(readFileSync(join(home, notes("# Two\n")), "utf8")).toBe("# Two\n");
    expect([...readFileSync(join(home, "x/y/%../%../outside.bin"))]).toEqual([0, 255]);
    const written = JSON.parse(stdout) as { name: string; path: string }[];
    expect(written[2]).toMatchObject({ name: "out/data.json", path: join(home, "x/y/out/data.json") });
  });

  it("given a name or the beginning of a digest, then those alone are written", async () => {
    const home = scratchDirectory("extract");
    await artifacts(run, "--extract", home, "--name", "out/data.json");
    expect(tree(home)).toEqual(["out/data.json"]);
    await artifacts(run, "--extract", home, "--digest", sha256("# Two\n").slice(0, 8).toUpperCase());
    expect(tree(home)).toEqual(["out/data.json", "out/notes.md"]);
    expect(readFileSync(join(home, "out/notes.md"), "utf8")).toBe("# Two\n");
  });

  it("given a file that is there, then nothing at all is written, unless it is forced", async () => {
    const home = scratchDirectory("extract");
    mkdirSync(join(home, "out"));
    writeFileSync(join(home, "out/data.json"), "mine");
    const refused = await artifacts(run, "--extract", home);
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(refused.stderr).toMatch(
      /^portcullis: expected no file at .+data\.json, found one\n {2}→ .+--force\n$/,
    );
    expect(tree(home)).toEqual(["out/data.json"]);
    expect(readFileSync(join(home, "out/data.json"), "utf8")).toBe("mine");
    expect((await artifacts(run, "--extract", home, "--force")).exitCode).toBe(0);
    expect(readFileSync(join(home, "out/data.json"), "utf8")).toBe("[1]");
  });

  it("given links in the folder, then a link of a folder is refused and one of a file is replaced, never followed", async () => {
    const home = scratchDirectory("extract");
    const elsewhere = scratchDirectory("elsewhere");
    writeFileSync(join(elsewhere, "data.json"), "mine");
    symlinkSync(elsewhere, join(home, "out"));
    const only = ["--extract", home, "--name", "out/data.json", "--force"];
    const refused = await artifacts(run, ...only);
    expect(refused).toMatchObject({ exitCode: 4, stdout: "" });
    expect(refused.stderr).toContain("a link is there");
    rmSync(join(home, "out"));
    mkdirSync(join(home, "out"));
    symlinkSync(join(elsewhere, "data.json"), join(home, "out/data.json"));
    expect((await artifacts(run, ...only)).exitCode).toBe(0);
    expect(readFileSync(join(home, "out/data.json"), "utf8")).toBe("[1]");
    expect(readFileSync(join(elsewhere, "data.json"), "utf8")).toBe("mine");
  });

  it("given a file in place of the folder, or a folder in place of the file, then that is told", async () => {
    const home = scratchDirectory("extract");
    writeFileSync(join(home, "file"), "");
    mkdirSync(join(home, "out/data.json"), { recursive: true });
    const inFile = await artifacts(run, "--extract", join(home, "file"));
    expect(inFile).toMatchObject({ exitCode: 4 });
    const onFolder = await artifacts(run, "--extract", home, "--name", "out/data.json", "--force");
    expect(onFolder).toMatchObject({ exitCode: 4 });
    expect(onFolder.stderr).toContain("a folder is there");
  });

  it("given content that is gone or was changed, then nothing is written and the exit code is 4", async () => {
    const other = "03aaaaaaaaaaaaaaaaaaaaaaaa";
    await makeRun(other, [["x", "of this run alone", "text/plain"]]);
    const digest = sha256("of this run alone");
    const file = join(stateDirectory, "artifacts", digest.slice(0, 2), digest.slice(2));
    const home = join(scratchDirectory("extract"), "new");
    rmSync(file);
    const gone = await artifacts(other, "--extract", home);
    expect(gone).toMatchObject({ exitCode: 4, stdout: "" });
    writeFileSync(file, "changed");
    expect(await artifacts(other, "--extract", home)).toMatchObject({ exitCode: 4, stdout: "" });
    expect(existsSync(home)).toBe(false);
  });

  it.each([
    ["a name that is none", [run, "--name", "nothing"], "no artifact of the name 'nothing'"],
    ["a digest that is none", [run, "--digest", "ffffff"], "no artifact of the digest ffffff"],
    ["a digest that is too short", [run, "--digest", "ab"], "expected 6 to 64 hex digits"],
    ["a folder without a name", [run, "--extract", ""], "names no folder"],
    ["a run that is none", ["zzzz"], "zzzz"],
    ["no run", [], "missing required argument"],
  ])("given %s, then it is refused in one line with the remedy", async (_what, args, says) => {
    const ran = await artifacts(...args);
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toContain(says);
    expect(ran.stderr).toMatch(/^portcullis: .+\n {2}→ .+\n$/);
  });
});
