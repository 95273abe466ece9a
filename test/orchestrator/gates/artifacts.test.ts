import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../core/digest.ts";
import { limits } from "../../../core/limits.ts";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";
import { commitOn } from "../../support/world.ts";

interface Claim {
  path: string;
  sha256: string;
}

async function judgeArtifacts(request: {
  wanted?: readonly string[];
  claims: readonly Claim[];
  files?: Readonly<Record<string, string | Uint8Array>>;
  arrange?: (directory: string) => void;
}) {
  const answer = { taskId: "work", status: "done", summary: "s", artifacts: request.claims };
  const bench = await gateBench({ task: { artifacts: [...(request.wanted ?? [])] }, answer });
  const commit = await commitOn(bench.world, bench.base, request.files ?? {}, request.arrange);
  const judgement = await bench.judge({ kind: "artifacts" }, { commit });
  return { judgement, kept: await bench.store.artifacts.list("run"), store: bench.store };
}

const claim = (path: string, content: string | Uint8Array): Claim => ({ path, sha256: sha256(content) });

describe("the artifacts gate", () => {
  it("given what the task wants and more, all with true digests, then it passes and keeps the content", async () => {
    const bytes = Uint8Array.from([0, 255, 1]);
    const { judgement, kept, store } = await judgeArtifacts({
      wanted: ["out/notes.md"],
      claims: [claim("out/notes.md", "notes"), claim("out/x.bin", bytes)],
      files: { "out/notes.md": "notes", "out/x.bin": bytes },
    });
    expect(judgement).toMatchObject({ verdict: "passed", findings: [] });
    expect(kept.map(({ name }) => name)).toEqual(["out/notes.md", "out/x.bin"]);
    expect(await store.artifacts.get(sha256(bytes))).toEqual(bytes);
  });

  it("given a task that wants none and a report that claims none, then it passes", async () => {
    expect((await judgeArtifacts({ claims: [] })).judgement.verdict).toBe("passed");
  });

  it.each([
    ["a wanted file that nobody made", { wanted: ["a.md"], claims: [] }, "expected this file in the work"],
    [
      "a wanted file that is not claimed",
      { wanted: ["a.md"], claims: [], files: { "a.md": "a" } },
      `its SHA-256 is ${sha256("a")}`,
    ],
    [
      "a false digest",
      { claims: [claim("a.md", "other")], files: { "a.md": "a" } },
      `claims SHA-256 ${sha256("other")}, the file has ${sha256("a")}`,
    ],
    ["a claim of what is not there", { claims: [claim("b.md", "b")] }, "found none"],
    [
      "the same path claimed twice, falsely in the end",
      { claims: [claim("a.md", "a"), claim("a.md", "b")], files: { "a.md": "a" } },
      "the file has",
    ],
    ["a folder", { claims: [claim("out", "")], files: { "out/a": "a" } }, "found none"],
    [
      "a path that only comes to the file",
      { claims: [claim("./a.md", "a")], files: { "a.md": "a" } },
      "without '.' or '..'",
    ],
    ["a glob", { claims: [claim("*.md", "a")], files: { "a.md": "a" } }, "found none"],
    [
      "a link to a file with that content",
      {
        claims: [claim("a.md", "secret")],
        files: { "b.md": "secret" },
        arrange: (directory: string) => symlinkSync("b.md", join(directory, "a.md")),
      },
      "a link or a folder is none",
    ],
    [
      "a link out of the work tree",
      {
        claims: [claim("a.md", "x")],
        arrange: (directory: string) => symlinkSync("/etc/hostname", join(directory, "a.md")),
      },
      "a link or a folder is none",
    ],
    [
      "a folder that is a link",
      {
        claims: [claim("link/a", "a")],
        files: { "real/a": "a" },
        arrange: (directory: string) => symlinkSync("real", join(directory, "link")),
      },
      "found none",
    ],
    [
      "a file that is too large",
      {
        claims: [claim("big.bin", Buffer.alloc(limits.artifactBytes + 1))],
        files: { "big.bin": Buffer.alloc(limits.artifactBytes + 1) },
      },
      `expected at most ${limits.artifactBytes} bytes`,
    ],
  ])("given %s, then it fails, says so, and keeps nothing", async (_what, request, says) => {
    const { judgement, kept } = await judgeArtifacts(request);
    expect(judgement.verdict).toBe("failed");
    expect(messagesOf(judgement).join("\n")).toContain(says);
    expect(kept).toEqual([]);
  });

  it("given a file that the repository ignores, then it is no part of the work", async () => {
    const { judgement } = await judgeArtifacts({
      claims: [claim("out.log", "x")],
      files: { ".gitignore": "*.log\n", "out.log": "x" },
    });
    expect(judgement.verdict).toBe("failed");
  });

  it("given a hard link to a file of somebody else, then there is no commit to judge", async () => {
    const judged = judgeArtifacts({
      claims: [claim("a.md", "not the worker's")],
      arrange: (directory) => {
        const other = join(directory, "..", "other");
        mkdirSync(other);
        writeFileSync(join(other, "x"), "not the worker's");
        linkSync(join(other, "x"), join(directory, "a.md"));
      },
    });
    await expect(judged).rejects.toMatchObject({ code: "commit.hard-link" });
  });

  it("given no report, then it fails", async () => {
    const { judge } = await gateBench({ answer: "All done" });
    expect(await judge({ kind: "artifacts" })).toMatchObject({ verdict: "failed" });
  });
});
