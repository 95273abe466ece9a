import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../core/digest.ts";
import { limits } from "../../../core/limits.ts";
import type { GateSpec } from "../../../core/pipeline.ts";
import { git } from "../../support/git-repository.ts";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";
import { commitOn } from "../../support/world.ts";

type Spec = Omit<Extract<GateSpec, { kind: "artifact" }>, "kind" | "path">;

async function judgeArtifact(
  path: string,
  spec: Spec,
  files: Readonly<Record<string, string | Uint8Array>>,
  arrange?: (directory: string) => void,
) {
  const bench = await gateBench();
  const commit = await commitOn(bench.world, bench.base, files, arrange);
  const judgement = await bench.judge({ kind: "artifact", path, ...spec }, { commit });
  expect(judgement).toMatchObject({ name: `artifact:${path}`, commit });
  return {
    ...judgement,
    says: messagesOf(judgement).join("\n"),
    kept: await bench.store.artifacts.list("run"),
  };
}

const report = "# Report\n\n## Risks\n\nNone.\n";

describe("the artifact gate", () => {
  it.each<[string, string, Spec, string | Uint8Array, string]>([
    ["bytes", "out/a.bin", {}, Uint8Array.from([0, 255]), "application/octet-stream"],
    ["text", "a.txt", { type: "text", minBytes: 3, maxBytes: 3 }, "abc", "text/plain"],
    ["JSON", "a.json", { type: "json" }, "[1]", "application/json"],
    [
      "JSON by a schema",
      "a.json",
      { jsonSchema: { type: "object", required: ["n"], properties: { n: { type: "integer" } } } },
      '{"n":1}',
      "application/json",
    ],
    [
      "Markdown",
      "docs/report.md",
      { headings: ["# Report", "Risks"], contains: ["None."], absent: ["TODO"] },
      report,
      "text/markdown",
    ],
  ])("given %s as asked for, then it passes and is kept with its media type", async (...given) => {
    const [, path, spec, content, mediaType] = given;
    const judged = await judgeArtifact(path, spec, { [path]: content });
    expect(judged).toMatchObject({ verdict: "passed", findings: [], evidence: sha256(content) });
    const bytes = Buffer.from(content).byteLength;
    expect(judged.kept).toEqual([{ name: path, digest: sha256(content), bytes, mediaType }]);
  });

  it.each<[string, string, Spec, Readonly<Record<string, string | Uint8Array>>, string]>([
    ["no such file", "a.md", {}, { "b.md": "b" }, "expected this file, found none"],
    ["a folder", "out", {}, { "out/a": "a" }, "found none"],
    ["an empty file", "a.md", {}, { "a.md": "" }, "expected at least 1 bytes, found 0"],
    ["too few bytes", "a.md", { minBytes: 5 }, { "a.md": "abc" }, "expected at least 5 bytes, found 3"],
    ["too many bytes", "a.md", { maxBytes: 2 }, { "a.md": "abc" }, "expected at most 2 bytes"],
    [
      "more bytes than are read at all",
      "a.bin",
      {},
      { "a.bin": Buffer.alloc(limits.artifactBytes + 1) },
      `expected at most ${limits.artifactBytes} bytes`,
    ],
    ["bytes for a text", "a.txt", { type: "text" }, { "a.txt": "a\0" }, "no UTF-8 text"],
    ["bytes to look for text in", "a", { absent: ["x"] }, { a: Uint8Array.from([0xff]) }, "no UTF-8 text"],
    ["text for JSON", "a.json", { type: "json" }, { "a.json": "{" }, "the file is not JSON"],
    [
      "JSON that the schema refuses",
      "a.json",
      { jsonSchema: { type: "object", required: ["n"] } },
      { "a.json": "{}" },
      "must have required property 'n'",
    ],
    [
      "a heading that stands in a comment alone",
      "a.md",
      { headings: ["# Report", "Risks"] },
      { "a.md": "# Report\n<!--\n## Risks\n-->\n" },
      "a.md: no heading 'Risks'",
    ],
    ["missing text", "a.txt", { contains: ["Yes"] }, { "a.txt": "yes" }, "does not contain 'Yes'"],
    ["text that must not be", "a.txt", { absent: ["TODO"] }, { "a.txt": "TODO" }, "contains 'TODO'"],
  ])("given %s, then it fails, says so, and keeps nothing", async (_what, path, spec, files, says) => {
    const judged = await judgeArtifact(path, spec, files);
    expect(judged.verdict).toBe("failed");
    expect(judged.says).toContain(says);
    expect(judged).toMatchObject({ kept: [], evidence: null });
  });

  it.each<[string, (directory: string) => void]>([
    ["a link to a file that would do", (directory) => symlinkSync("real.md", join(directory, "a.md"))],
    ["a link out of the tree", (directory) => symlinkSync("/etc/hostname", join(directory, "a.md"))],
    [
      "a repository",
      (directory) => {
        mkdirSync(join(directory, "a.md"));
        git(join(directory, "a.md"), "init", "--quiet");
        git(join(directory, "a.md"), "commit", "--quiet", "--allow-empty", "-m", "inside");
      },
    ],
  ])("given %s in its place, then it fails, and nothing is followed", async (_what, arrange) => {
    const judged = await judgeArtifact("a.md", {}, { "real.md": report }, arrange);
    expect(judged).toMatchObject({ verdict: "failed", kept: [] });
    expect(judged.says).toContain("a link, a folder or a repository is none");
  });

  it("given a file that lies below a link to a folder, then it is none of the tree", async () => {
    const judged = await judgeArtifact("link/a.md", {}, { "real/a.md": report }, (directory) =>
      symlinkSync("real", join(directory, "link")),
    );
    expect(judged.verdict).toBe("failed");
  });

  it("given a file that git ignores, then it is no part of the work", async () => {
    const judged = await judgeArtifact("a.log", {}, { ".gitignore": "*.log\n" }, (directory) =>
      writeFileSync(join(directory, "a.log"), "x"),
    );
    expect(judged.verdict).toBe("failed");
  });
});
