import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { PortcullisError } from "../../core/errors.ts";
import type { PipelineSource } from "../../core/pipeline.ts";
import type { PipelineHome } from "../../pipelines/pipeline-home.ts";
import { readPipelineModule, readPipelineText } from "../../pipelines/read-pipeline.ts";
import { scratchDirectory } from "../support/scratch.ts";

function homeOf(directory: string, file: string, confined = false): PipelineHome {
  const placed = {
    path: join(directory, file),
    root: confined ? directory : dirname(join(directory, file)),
    confined,
  };
  return { file, commit: confined ? "0".repeat(40) : null, place: () => Promise.resolve(placed) };
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const directory = scratchDirectory("pipeline");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

async function refusal(reading: Promise<unknown>): Promise<PortcullisError> {
  const error: unknown = await reading.then(
    () => new Error("it was read"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PortcullisError)) throw error;
  expect(error).toMatchObject({ code: "pipeline.invalid", kind: "usage" });
  expect(error.message).not.toContain("\n");
  return error;
}

const stage = (gates: string, more = "") =>
  `name: own\nstages:\n  - name: plan\n    kind: agent\n    role: planner\n    gates: ${gates}\n${more}`;

describe("a pipeline in YAML", () => {
  it.each([
    [stage("[{kind: handoff}]", "limts: {}\n"), "7:1", "unknown key 'limts'", "did you mean 'limits'?"],
    [stage("[{kind: handof}]"), "6:20", 'found "handof"', "did you mean 'handoff'?"],
    [stage("[{kind: commands, wich: all}]"), "6:30", "unknown key 'wich'", "did you mean 'which'?"],
    [stage("[{kind: handoff, strict: true}]"), "6:29", "unknown key 'strict'", "there is 'kind'"],
    [stage("[{}]"), "6:13", "found nothing", ""],
    [stage("[]"), "6:12", "a stage without a gate lets everything through", ""],
    [stage("none"), "6:12", 'expected a list or a mapping, found "none"', ""],
    [stage("{none: ''}"), "6:19", "'stages.0.gates.none': expected at least 1 characters", ""],
    [stage("{nnoe: why}"), "6:13", "unknown key 'nnoe'", "did you mean 'none'?"],
    [stage("[{kind: human}]"), "6:13", "'stages.0.gates.0.question': expected text, found nothing", ""],
    [stage("[{kind: custom, module: gate.ts}]"), "6:36", "a path from the pipeline's file", ""],
    [stage("[{kind: custom, module: ./gate.ts}]"), "6:36", "found none at './gate.ts'", "correct the path"],
    [
      stage("[{kind: handoff}]", "limits: {attempts: 0}\n"),
      "7:20",
      "'limits.attempts': expected at least 1",
      "",
    ],
    [stage("[{kind: handoff}]", "limits: {attempts: many}\n"), "7:20", 'expected a number, found "many"', ""],
    [stage("[{kind: review}]"), "6:13", "'review' judges the work of the verifier", "docs/pipelines.md"],
    [stage("[{kind: human, question: a}, {kind: human, question: b}]"), "6:41", "'human' is there twice", ""],
    [stage("[{kind: handoff}]").replace("planner", "executor"), "4:11", "'fan-out' is for it", ""],
    [
      stage("[{kind: handoff}]").replace("role: planner", "role: plannr"),
      "5:11",
      'found "plannr"',
      "'planner'?",
    ],
    ["- a\n", "1:1", "the file: expected a mapping, found a list", ""],
    ["", "own.yaml: the file: expected a mapping, found null", "", ""],
    ["name: [\n", "2:1", "", "correct the YAML"],
  ])("given %j, then the error says where, what, and what was meant", async (text, at, problem, remedy) => {
    const error = await refusal(readPipelineText(text, homeOf(scratchDirectory("none"), "own.yaml")));
    expect(error.message.startsWith(/^\d/.test(at) ? `own.yaml:${at}: ` : at)).toBe(true);
    expect(error.message).toContain(problem);
    expect(error.remedy).toContain(remedy);
  });

  it("given JSON, or no gates with a reason, then it is read, with limits as they are where none are named", async () => {
    const text =
      '{\n\t"name": "own",\n\t"stages": [{"name": "plan", "kind": "agent", "role": "planner",\n\t"gates": {"none": "it only plans"}}]}';
    const { pipeline, gateModules } = await readPipelineText(
      text,
      homeOf(scratchDirectory("none"), "own.json"),
    );
    expect(gateModules).toBeNull();
    expect(pipeline.stages[0]?.gates).toEqual({ none: "it only plans" });
    expect(pipeline.limits).toMatchObject({ attempts: 3, reopenings: 1, turns: 200 });
    expect(pipeline.source?.files).toHaveLength(1);
  });
});

const own = (gates: string) =>
  `import { definePipeline } from "portcullis";\nimport { tries } from "./lib/tries.ts";\nexport default definePipeline({\n  name: "own",\n` +
  `  stages: [{ name: "plan", kind: "agent", role: "planner", gates: ${gates} }],\n  limits: { attempts: tries },\n});\n`;
const tries = "export const tries: number = 2;\n";
const gate =
  'import type { CustomGate } from "portcullis";\nimport { yes } from "./lib/yes.mjs";\nexport const check: CustomGate = () => yes;\n';
const files = {
  "own.ts": own('[{ kind: "custom", module: "./gate.ts", export: "check" }]'),
  "lib/tries.ts": tries,
  "gate.ts": gate,
  "lib/yes.mjs": 'export const yes = { verdict: "passed" };\n',
  "unused.ts": "export {};\n",
};

async function sourceOf(changed: Readonly<Record<string, string>> = {}): Promise<PipelineSource> {
  const { pipeline } = await readPipelineModule(homeOf(folderWith({ ...files, ...changed }), "own.ts"));
  return pipeline.source!;
}

describe("a pipeline in TypeScript", () => {
  it("given one in a folder without Portcullis, then it resolves, and is digested with all that it imports", async () => {
    const source = await sourceOf();
    expect(source.files.map(({ path }) => path)).toEqual([
      "gate.ts",
      "lib/tries.ts",
      "lib/yes.mjs",
      "own.ts",
    ]);
    expect((await sourceOf()).digest).toBe(source.digest);
    expect((await sourceOf({ "unused.ts": "export const x = 1;\n" })).digest).toBe(source.digest);
    for (const path of ["own.ts", "gate.ts", "lib/tries.ts", "lib/yes.mjs"] as const) {
      expect((await sourceOf({ [path]: `${files[path]}// changed\n` })).digest).not.toBe(source.digest);
    }
  });

  const bare = (code: string) => ({ "own.ts": `\n${code}\n` });
  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["throws", bare('throw new Error("no luck\\ntoday");'), /^own\.ts:2:7: no luck$/],
    [
      "throws in what it imports",
      { ...files, "lib/tries.ts": 'throw new Error("deep");\nexport const tries = 1;' },
      /^lib\/tries\.ts:1:7: deep$/,
    ],
    ["throws no error", bare("throw 5;"), /^own\.ts: it threw 5$/],
    [
      "is wrong",
      { ...files, "own.ts": own("[]") },
      /^own\.ts:3:16: pipeline 'own': 'stages\.0\.gates': a stage without/,
    ],
    ["is no TypeScript", bare("const = 1;"), /^own\.ts:2:1: Unexpected token/],
    ["has what cannot be stripped", bare("enum A { b }"), /^own\.ts:2:1: .*enum is not supported/],
    [
      "is no JavaScript",
      { "own.ts": 'import "./b.mjs";', "b.mjs": "\nlet let = 1;\n" },
      /^b\.mjs:2:1: .*reserved word/,
    ],
    ["imports nothing that is there", bare('import "./no.ts";'), /^own\.ts:2:8: Cannot find module/],
    ["imports a package that is not there", bare('import "zod";'), /^own\.ts:2:8: Cannot find package 'zod'/],
    [
      "imports what Portcullis has not",
      bare('import "portcullis/secrets";'),
      /^own\.ts:2:8: portcullis exports no '\.\/secrets'/,
    ],
    ["exports nothing", bare("export {};"), /^own\.ts: expected a pipeline as the default export/],
    [
      "exports what is none",
      bare("export default { name: 5 };"),
      /^own\.ts: 'name': expected text, found 5$/,
    ],
    ["ends its process", bare("process.exit(0);"), /^own\.ts: its process ended \(exit code 0\)/],
    [
      "names a gate that is not there",
      { ...files, "gate.ts": "export default 1;" },
      /does not export a function as 'check'; it exports default/,
    ],
    [
      "starts a program",
      bare('import { execSync } from "node:child_process";\nexecSync(`touch ${import.meta.dirname}/made`);'),
      /^own\.ts:3:1: .*restricted|ERR_ACCESS_DENIED/,
    ],
    [
      "writes a file",
      bare('import { writeFileSync } from "node:fs";\nwriteFileSync(import.meta.dirname + "/made", "");'),
      /^own\.ts:3:1: .*restricted/,
    ],
  ])("given one that %s, then the error is one line, with file and line", async (_what, own_, says) => {
    const directory = folderWith(own_);
    const error = await refusal(readPipelineModule(homeOf(directory, "own.ts")));
    expect(error.message).toMatch(says);
    expect(existsSync(join(directory, "made"))).toBe(false);
  });

  it("given one that never ends, then it is ended at the deadline", async () => {
    const directory = folderWith(bare("for (;;);"));
    const error = await refusal(readPipelineModule(homeOf(directory, "own.ts"), 700));
    expect(error.message).toBe("own.ts: it was not done after 700 ms");
  });

  it("given one at a commit, then nothing outside of the commit's files is imported, by no way", async () => {
    const outside = folderWith({ "evil.ts": "export const tries = 9;\n" });
    const directory = folderWith({
      "repo/own.ts": 'import "../evil.ts";\n',
      "repo/ok.ts": own('[{ kind: "handoff" }]'),
      "repo/lib/tries.ts": tries,
      "evil.ts": "",
    });
    const root = join(directory, "repo");
    expect((await readPipelineModule(homeOf(root, "ok.ts", true))).pipeline.limits.attempts).toBe(2);
    expect((await refusal(readPipelineModule(homeOf(root, "own.ts", true)))).message).toContain(
      "is not in the repository",
    );
    writeFileSync(join(root, "url.ts"), `import "file://${outside}/evil.ts";\n`);
    expect((await refusal(readPipelineModule(homeOf(root, "url.ts", true)))).message).toContain(
      "is not in the repository",
    );
    symlinkSync(join(outside, "evil.ts"), join(root, "lib/link.ts"));
    writeFileSync(join(root, "link.ts"), 'import "./lib/link.ts";\n');
    expect((await refusal(readPipelineModule(homeOf(root, "link.ts", true)))).message).toContain(
      "is not in the repository",
    );
    const require = `import { createRequire } from "node:module";\ncreateRequire(import.meta.url)("${outside}/evil.ts");\n`;
    writeFileSync(join(root, "require.ts"), require);
    expect((await refusal(readPipelineModule(homeOf(root, "require.ts", true)))).message).toContain(
      "is not in the repository",
    );
  });
});
