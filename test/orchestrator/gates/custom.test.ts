import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../core/digest.ts";
import type { GateModules } from "../../../core/ports/gate-modules.ts";
import { createGateModules } from "../../../pipelines/gate-modules.ts";
import { gateBench, messagesOf, type BenchRequest } from "../../support/judge-candidate.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { commitOn } from "../../support/world.ts";

/** A pipeline whose one gate is this module. */
function gateOf(code: string): { directory: string; about: BenchRequest } {
  const directory = scratchDirectory("gate");
  writeFileSync(join(directory, "gate.ts"), code);
  const files = [{ path: "gate.ts", sha256: sha256(readFileSync(join(directory, "gate.ts"))) }];
  const source = { file: "own.yaml", commit: null, digest: "d".repeat(64), files };
  const placed = { path: join(directory, "own.yaml"), root: directory, confined: false };
  const gateModules: GateModules = createGateModules(placed, source);
  return { directory, about: { source, world: { gateModules } } };
}

async function judged(
  code: string,
  gate: { export?: string; timeoutMs?: number } = {},
  more: BenchRequest = {},
) {
  const { about } = gateOf(code);
  const bench = await gateBench({ ...more, ...about });
  const commit = await commitOn(bench.world, bench.base, { "src/a.txt": "b\n", "src/new.txt": "" });
  const judgement = await bench.judge({ kind: "custom", module: "./gate.ts", ...gate }, { commit });
  const kept = await bench.world.artifacts.get(judgement.evidence ?? "");
  const evidence = JSON.parse(Buffer.from(kept ?? "null").toString("utf8")) as Record<string, unknown> | null;
  return { judgement, evidence, bench, commit };
}

const passed = 'return { verdict: "passed" };';
const fn = (body: string) => `export default async (context) => { ${body} };\n`;

describe("the custom gate", () => {
  it("given a function that passes or objects, then that is the verdict", async () => {
    const good = await judged(fn(passed));
    expect(good.judgement).toMatchObject({ name: "custom:gate.ts", verdict: "passed", findings: [] });
    expect(good.evidence).toMatchObject({
      module: "./gate.ts",
      export: "default",
      pipeline: "d".repeat(64),
      ran: [],
    });
    const findings = '[{ message: "too long", path: "src/a.txt", excerpt: "b" }]';
    const bad = await judged(`export const size = () => ({ verdict: "failed", findings: ${findings} });\n`, {
      export: "size",
    });
    expect(bad.judgement).toMatchObject({
      name: "custom:gate.ts#size",
      verdict: "failed",
      findings: [{ gate: "custom:gate.ts#size", message: "too long", path: "src/a.txt", excerpt: "b" }],
    });
  });

  it("given its context, then it sees base, candidate, changes, task and files of both, and can change none of it", async () => {
    const { judgement, commit, bench } = await judged(
      fn(`
        const text = async (path, at) => { const found = await context.readFile(path, at); return found === null ? null : Buffer.from(found).toString(); };
        const seen = {
          base: context.base, commit: context.commit, tree: context.tree, goal: context.goal, task: context.task.id,
          changes: context.changes.map(({ kind, path }) => kind + " " + path),
          now: await text("src/a.txt"), before: await text("src/a.txt", "base"), none: await text("src/none.txt"),
          files: await context.listFiles(), filesBefore: await context.listFiles("base"), frozen: Object.isFrozen(context), aborted: context.signal.aborted,
        };
        return { verdict: "failed", findings: [{ message: JSON.stringify(seen) }] };`),
    );
    expect(JSON.parse(messagesOf(judgement)[0]!)).toEqual({
      base: bench.base,
      commit,
      tree: judgement.tree,
      goal: "a goal",
      task: "work",
      changes: ["modified src/a.txt", "added src/new.txt"],
      now: "b\n",
      before: "a\n",
      none: null,
      files: ["src/a.txt", "src/new.txt"],
      filesBefore: ["src/a.txt"],
      frozen: true,
      aborted: false,
    });
  });

  it("given commands, then they run by name, in the sandbox on the candidate, and their output is kept", async () => {
    const config = { commands: { show: "cat src/a.txt; touch /etc/portcullis-was-here" } };
    const { judgement, evidence, bench } = await judged(
      fn(`
        const [one, two] = await Promise.all([context.runCommand("show"), context.runCommand("show")]);
        const unknown = await context.runCommand("rm -rf /").catch((error) => error.message);
        return { verdict: "failed", findings: [{ message: JSON.stringify([one.output.split("\\n")[0], one.exitCode !== 0, two.outcome, unknown]) }] };`),
      {},
      { config },
    );
    expect(JSON.parse(messagesOf(judgement)[0]!)).toEqual([
      "b",
      true,
      "exited",
      "there is no command 'rm -rf /'; there is show",
    ]);
    const ran = evidence?.["ran"] as { name: string; output: string }[];
    expect(ran.map(({ name }) => name)).toEqual(["show", "show"]);
    expect(Buffer.from((await bench.world.artifacts.get(ran[0]!.output))!).toString()).toMatch(/^b\n/);
  });

  it.each([
    ["throws", fn('throw new Error("no scale");'), /^.*gate\.ts:1: no scale$/],
    ["throws at its import", 'throw new Error("early");\n', /gate\.ts:1: early/],
    [
      "exports something else",
      "export const size = 5;\n",
      /does not export a function as 'default'; it exports size/,
    ],
    ["gives nothing", fn(""), /gave no outcome/],
    ["gives a word", fn('return "passed";'), /gave no outcome/],
    [
      "passes with objections",
      fn('return { verdict: "passed", findings: [{ message: "but" }] };'),
      /gave no outcome/,
    ],
    ["objects without a word", fn('return { verdict: "failed" };'), /gave no outcome/],
    ["says that it has errored", fn('return { verdict: "errored" };'), /gave no outcome/],
    ["ends its process", fn("process.exit(0);"), /its process ended/],
    [
      "starts a program",
      fn('const { execSync } = await import("node:child_process"); execSync("true");'),
      /restricted/,
    ],
    [
      "imports what the digest does not cover",
      fn(`await import("data:text/javascript,1"); await import("./more.ts"); ${passed}`),
      /Cannot find module|not what it was/,
    ],
  ])("given a function that %s, then it has errored and says why", async (_what, code, says) => {
    const { judgement } = await judged(code);
    expect(judgement.verdict).toBe("errored");
    expect(messagesOf(judgement)[0]).toMatch(says);
  });

  it("given one that never ends, waiting or busy, then it has errored at its deadline", async () => {
    for (const body of ["for (;;);", "await new Promise(() => setInterval(() => {}, 1000));"]) {
      const { judgement } = await judged(fn(body), { timeoutMs: 1000 });
      expect(judgement.verdict).toBe("errored");
      expect(messagesOf(judgement)[0]).toContain("was not done after 1000 ms");
    }
  });

  it("given code that is not what it was when the pipeline was read, then it has errored and has not run", async () => {
    const { directory, about } = gateOf(fn(passed));
    const bench = await gateBench(about);
    const gate = { kind: "custom", module: "./gate.ts" } as const;
    expect((await bench.judge(gate)).verdict).toBe("passed");
    writeFileSync(join(directory, "gate.ts"), `throw new Error("it ran");\n${fn(passed)}`);
    const judgement = await bench.judge(gate);
    expect(judgement.verdict).toBe("errored");
    expect(messagesOf(judgement)[0]).toContain("'gate.ts' is not what it was when the run began");
  });

  it("given a pipeline that was read from no file, then it has errored", async () => {
    const judgement = await (await gateBench()).judge({ kind: "custom", module: "./gate.ts" });
    expect(judgement.verdict).toBe("errored");
  });
});
