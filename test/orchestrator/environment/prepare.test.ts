import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Checkout } from "../../../core/ports/workspace.ts";
import { detectConfig } from "../../../orchestrator/environment/detect.ts";
import type { Surroundings } from "../../../orchestrator/surroundings.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { commitOn, makePlace, openWorld } from "../../support/world.ts";

const files = { "package-lock.json": "1\n", "src/a.txt": "a\n", ".gitignore": "deps/\n" };
const install = "mkdir -p deps/lib && cp package-lock.json deps/lib/lock && date +%s%N > deps/made";
const never = new AbortController().signal;

async function given(more: Readonly<Record<string, string>> = {}) {
  const place = makePlace({ ...files, ...more });
  const world = await openWorld(place);
  const prepare = (setup: string | null, commit = place.base, signal = never) =>
    world.environments.prepare({ commit, setup, timeoutMs: 20_000, signal });
  return { ...place, world, prepare };
}

async function checkOutWith(
  world: Surroundings,
  environment: { key: string; roots: readonly string[] },
  commit: string,
) {
  const checkout = await world.workspace.checkOut("with", commit);
  await world.environments.give(environment, checkout);
  return checkout;
}

function read({ directory }: Checkout, path: string): string {
  return readFileSync(join(directory, path), "utf8");
}

function leftovers(stateDirectory: string): string[] {
  const [clone = ""] = readdirSync(join(stateDirectory, "repositories"));
  const environments = join(stateDirectory, "environments");
  const drafts = existsSync(environments)
    ? readdirSync(environments).filter((name) => name.includes("."))
    : [];
  return [...drafts, ...readdirSync(join(stateDirectory, "repositories", clone, "work-trees"))];
}

describe("an environment", () => {
  it("given no setup, then there is nothing to do", async () => {
    const { prepare } = await given();
    expect(await prepare(null)).toMatchObject({ key: "none", roots: [], reused: true });
  });

  it("given the same lock files, then it is set up once, also for another commit and another orchestrator", async () => {
    const { prepare, world, base, ...place } = await given();
    const first = await prepare(install);
    expect(first).toMatchObject({ roots: ["deps"], reused: false });
    const second = await commitOn(world, base, { "src/a.txt": "changed" });
    expect(await prepare(install, second)).toMatchObject({ key: first.key, roots: ["deps"], reused: true });
    const later = await openWorld({ ...place, base });
    const again = { commit: base, setup: install, timeoutMs: 20_000, signal: never };
    expect(await later.environments.prepare(again)).toMatchObject({ key: first.key, reused: true });
  });

  it.each([
    ["another lock file", { "package-lock.json": "2\n" }, install],
    ["a lock file in a folder", { "packages/a/package.json": "{}" }, install],
    ["another setup", {}, `${install} && true`],
  ])("given %s, then it is set up anew", async (_what, change, setup) => {
    const { prepare, world, base } = await given();
    const { key } = await prepare(install);
    const other = await prepare(setup, await commitOn(world, base, change));
    expect(other.reused).toBe(false);
    expect(other.key).not.toBe(key);
  });

  it("given two runs at once, then both have it, the same, and nothing is left over", async () => {
    const { prepare, world, base, stateDirectory, root, store } = await given();
    const other = await openWorld({ base, stateDirectory, root, store });
    const request = { commit: base, setup: install, timeoutMs: 20_000, signal: never };
    const both = await Promise.all([prepare(install), other.environments.prepare(request)]);
    expect(both[0].key).toBe(both[1].key);
    const one = read(await checkOutWith(world, both[0], base), "deps/made");
    const two = read(await checkOutWith(world, both[1], base), "deps/made");
    expect(one).toBe(two);
    await world.workspace.removeCheckout("with");
    expect(leftovers(stateDirectory)).toEqual([]);
  });

  it("given links, modes and files beside folders, then they are given as they were made", async () => {
    const setup =
      "mkdir -p deps/bin out/x && printf '#!/bin/sh\\n' > deps/bin/run && chmod 755 deps/bin/run && " +
      "ln -s run deps/bin/link && echo y > out/x/y && echo z > made.txt && echo s > src/beside";
    const { prepare, world, base } = await given();
    const environment = await prepare(setup);
    expect(environment.roots.toSorted()).toEqual(["deps", "made.txt", "out", "src/beside"]);
    const checkout = await checkOutWith(world, environment, base);
    const result = await world.sandbox.run({
      command:
        "./deps/bin/link && cat out/x/y made.txt src/beside src/a.txt && git status --porcelain src/a.txt",
      directory: checkout.directory,
      temporaryDirectory: await world.folders.makeTemporary("t"),
      network: "none",
      environment: {},
      denied: [],
      timeoutMs: 20_000,
      maxOutputBytes: 10_000,
      signal: never,
    });
    expect(result).toMatchObject({ exitCode: 0, output: "y\nz\ns\na\n" });
  });
});

describe("what a setup sees", () => {
  it("given a store, artifacts and another repository's clone beside it, then it reads none and its own git works", async () => {
    const { prepare, world, base, stateDirectory } = await given();
    const secrets = ["portcullis.sqlite", "artifacts/ab/cdef", "repositories/other/git/HEAD", "demo/x/y"];
    for (const path of secrets) {
      mkdirSync(dirname(join(stateDirectory, path)), { recursive: true });
      writeFileSync(join(stateDirectory, path), `secret of ${path}\n`);
    }
    const reads = secrets.map((path) => `cat '${join(stateDirectory, path)}'`).join("; ");
    const setup = `mkdir deps; { ${reads}; } > deps/read 2>/dev/null; git rev-parse HEAD > deps/head`;
    const environment = await prepare(setup);
    const checkout = await checkOutWith(world, environment, base);
    expect(read(checkout, "deps/read")).toBe("");
    expect(read(checkout, "deps/head")).toBe(`${base}\n`);
  });
});

describe("a setup that is refused", () => {
  it.each([
    ["fails", "echo why >&2; exit 3", /\(exit code 3\): why/],
    ["changes a tracked file", "echo x >> src/a.txt", /changes files of the repository:.*src\/a\.txt/],
    ["rewrites the lock file", "echo 2 > package-lock.json", /package-lock\.json/],
    ["deletes a tracked file", "rm src/a.txt", /src\/a\.txt/],
    ["commits what it changed", "echo x >> src/a.txt; git add -A; git commit -m x", /src\/a\.txt|exit code/],
    ["cannot be found", "no-such-installer", /exit code 127/],
  ])(
    "given one that %s, then the error says so, and nothing is kept or left over",
    async (_what, setup, says) => {
      const { prepare, stateDirectory } = await given();
      await expect(prepare(setup)).rejects.toMatchObject({
        code: "environment.setup-failed",
        message: expect.stringMatching(says),
      });
      expect(leftovers(stateDirectory)).toEqual([]);
      expect(readdirSync(join(stateDirectory, "environments"))).toEqual([]);
    },
  );

  it("given one that failed, when it works the next time, then it is set up then", async () => {
    const { prepare, world, base } = await given();
    const setup = 'test "$(cat src/a.txt)" = good && mkdir deps && touch deps/x';
    await expect(prepare(setup)).rejects.toThrow("failed");
    const good = await commitOn(world, base, { "src/a.txt": "good" });
    expect(await prepare(setup, good)).toMatchObject({ reused: false, roots: ["deps"] });
  });

  it("given an interruption, then it stops and keeps nothing", async () => {
    const { prepare, base, stateDirectory } = await given();
    const controller = new AbortController();
    const waiting = prepare("sleep 600", base, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "environment.setup-failed" });
    expect(leftovers(stateDirectory)).toEqual([]);
  });
});

describe("giving an environment", () => {
  it("given a commit that has a file of its own where an older setup made one, then the commit's counts", async () => {
    const { prepare, world, base } = await given();
    const setup =
      "mkdir -p gen && { test -e gen/a.txt || echo stale > gen/a.txt; } && echo dep > gen/dep.txt";
    expect(await prepare(setup)).toMatchObject({ roots: ["gen"] });
    const later = await commitOn(world, base, { "gen/a.txt": "tracked\n" });
    const environment = await prepare(setup, later);
    const checkout = await checkOutWith(world, environment, later);
    expect(read(checkout, "gen/a.txt")).toBe("tracked\n");
    expect(read(checkout, "gen/dep.txt")).toBe("dep\n");
    expect(readdirSync(join(checkout.directory, "gen")).toSorted()).toEqual(["a.txt", "dep.txt"]);
    expect(await prepare(setup, later)).toMatchObject({ key: environment.key, reused: true });
  });

  it("given something in its place all the same, then it is refused and nothing is written over or through", async () => {
    const { prepare, world, base } = await given();
    const environment = await prepare(install);
    const checkout = await world.workspace.checkOut("with", base);
    symlinkSync("src", join(checkout.directory, "deps"));
    await expect(world.environments.give(environment, checkout)).rejects.toMatchObject({
      code: "environment.in-the-way",
    });
    expect(readdirSync(join(checkout.directory, "src"))).toEqual(["a.txt"]);
  });

  it("given a folder of the work that became a link out of it, then nothing is written there", async () => {
    const { prepare, world, base } = await given({ "src/sub/b.txt": "b" });
    const environment = await prepare("echo made > src/sub/made.txt");
    const outside = scratchDirectory("outside");
    const commit = await commitOn(world, base, { "src/a.txt": null }, (directory) => {
      rmSync(join(directory, "src"), { recursive: true });
      symlinkSync(outside, join(directory, "src"));
    });
    const checkout = await world.workspace.checkOut("with", commit);
    await expect(world.environments.give(environment, checkout)).rejects.toMatchObject({
      code: "environment.in-the-way",
    });
    expect(readdirSync(outside)).toEqual([]);
  });

  it("given what one does to its copy, then another's is as it was made", async () => {
    const { prepare, world, base } = await given();
    const environment = await prepare(install);
    const one = await checkOutWith(world, environment, base);
    const made = read(one, "deps/lib/lock");
    writeFileSync(join(one.directory, "deps/lib/lock"), "spoiled");
    const two = await checkOutWith(world, environment, base);
    expect(read(two, "deps/lib/lock")).toBe(made);
  });
});

describe("a virtual environment of Python, as uv makes it", () => {
  const sources = { "uv.lock": "", "src/mine/__init__.py": "print('mine runs')\n" };
  // An entry script and an editable install, both with the path of the checkout in them.
  const setup = `set -e
    python3 -m venv --without-pip .venv
    site=$(.venv/bin/python -c 'import site; print(site.getsitepackages()[0])')
    echo "import mine" > "$site/pytest.py"
    echo "$PWD/src" > "$site/mine.pth"
    printf '#!%s/.venv/bin/python\\nimport pytest\\n' "$PWD" > .venv/bin/pytest
    chmod +x .venv/bin/pytest && .venv/bin/pytest`;

  it("given the command that is detected, when it runs on a copy, then it works; the entry script does not", async () => {
    const { prepare, world, base } = await given(sources);
    const checkout = await checkOutWith(world, await prepare(setup), base);
    const detected = await detectConfig({ paths: Object.keys(sources), read: async () => null });
    const inEnvironment = detected!.config.commands["test"]!.replace(/uv run (?:--\S+ )*/, ".venv/bin/");
    const run = async (command: string) =>
      world.sandbox.run({
        command,
        directory: checkout.directory,
        temporaryDirectory: await world.folders.makeTemporary("t"),
        network: "none",
        environment: {},
        denied: [],
        timeoutMs: 20_000,
        maxOutputBytes: 10_000,
        signal: never,
      });
    expect(await run(inEnvironment)).toMatchObject({ exitCode: 0, output: "mine runs\n" });
    expect(await run("PYTHONPATH=src .venv/bin/pytest")).toMatchObject({ exitCode: 127 });
    expect(await run(".venv/bin/python -m pytest")).toMatchObject({ exitCode: 1 });
  });
});
