import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { limits } from "../../../core/limits.ts";
import type { GateSpec } from "../../../core/pipeline.ts";
import { git } from "../../support/git-repository.ts";
import { gateBench, messagesOf } from "../../support/judge-candidate.ts";
import { commitOn } from "../../support/world.ts";

type Spec = Omit<Extract<GateSpec, { kind: "diff" }>, "kind">;

/** Put together here, so that no tool takes this file for a leak. */
const token = `ghp_${"a1B2".repeat(9)}`;
const begin = ["-----BEGIN RSA", "PRIVATE KEY-----"].join(" ");
const end = ["-----END RSA", "PRIVATE KEY-----"].join(" ");
const privateKey = (body: string) => `${begin}\n${`${body.repeat(6)}\n`.repeat(5)}${end}\n`;

const base = {
  "src/a.txt": "one\ntwo\nthree\n",
  "src/old.txt": `known ${token}\n`,
  "bin/run.sh": "#!/bin/sh\n",
};

async function judgeDiff(request: {
  spec?: Spec;
  files?: Readonly<Record<string, string | Uint8Array | null>>;
  arrange?: (directory: string) => void;
  base?: Readonly<Record<string, string>>;
}) {
  const bench = await gateBench({ files: request.base ?? base });
  const commit = await commitOn(bench.world, bench.base, request.files ?? {}, request.arrange);
  const judgement = await bench.judge({ kind: "diff", ...request.spec }, { commit });
  expect(judgement.name).toBe("diff");
  return { ...judgement, says: messagesOf(judgement).join("\n") };
}

describe("the diff gate, with its defaults", () => {
  it("given honest work, then it passes", async () => {
    const judged = await judgeDiff({
      files: {
        "src/a.txt": "one\n2\nthree\n",
        "src/ünï.txt": "new\n",
        "src/old.txt": null,
        "docs/latin1.txt": Buffer.from("caf\xe9\n", "latin1"),
      },
      arrange: (directory) => {
        symlinkSync("../src/a.txt", join(directory, "docs/link"));
        writeFileSync(join(directory, "bin/new.sh"), "#!/bin/sh\n", { mode: 0o755 });
      },
    });
    expect(judged).toMatchObject({ verdict: "passed", findings: [] });
  });

  it("given a program, then it is binary", async () => {
    const judged = await judgeDiff({
      files: { "a.png": Uint8Array.from([0x89, 0x50, 0, 1]), "src/a.txt": `${"a".repeat(9000)}\0` },
    });
    expect(judged.verdict).toBe("failed");
    expect(judged.says).toBe("a.png: the file is binary\nsrc/a.txt: the file is binary");
  });

  it("given attributes that call a binary a text and a text a binary, then they have no effect", async () => {
    const judged = await judgeDiff({
      spec: { maxLines: 3 },
      files: {
        ".gitattributes": "*.png text diff\n*.txt binary -diff\n",
        "a.png": Uint8Array.from([0]),
        "src/b.txt": "x\n".repeat(50),
      },
    });
    expect(judged.says).toContain("adds and deletes 52 lines");
    expect(judged.says).toContain("a.png: the file is binary");
    expect(judged.says).not.toContain("src/b.txt");
  });

  it("given a new file over 1 MiB, 201 files, or 5001 lines, then each is too much", async () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_none, n) => [`many/${n}.txt`, ""]));
    const judged = await judgeDiff({
      files: { ...many, "large.txt": "x".repeat(1024 * 1024 + 1), "src/a.txt": "\n".repeat(4998) },
    });
    expect(judged.says).toContain("of 203 files; at most 200");
    expect(judged.says).toContain("5002 lines; at most 5000");
    expect(judged.says).toContain("large.txt: the file has 1048577 bytes");
  });

  it("given a token in an added line, then path, line and rule are told, and never the token", async () => {
    const judged = await judgeDiff({
      files: { "src/a.txt": `one\ntwo\nconst t = "${token.replace("a", "z")}"\n` },
    });
    expect(judged.verdict).toBe("failed");
    expect(judged.says).toBe("src/a.txt: line 3 has what looks like a secret (github: GITHUB_TOKEN)");
    expect(JSON.stringify(judged)).not.toContain("ghp_");
  });

  it.each([
    ["on its line", (secret: string) => `"${secret}" // secretlint-disable-line\n`],
    ["before it", (secret: string) => `// secretlint-disable-next-line\n"${secret}"\n`],
    ["for the file", (secret: string) => `/* secretlint-disable */\n\n"${secret}"\n`],
  ])("given a comment %s that would switch the search off, then it has no effect", async (_where, write) => {
    const judged = await judgeDiff({ files: { "src/a.txt": write(token.replace("a", "z")) } });
    expect(judged.says).toContain("github: GITHUB_TOKEN");
  });

  it("given secrets of several lines, in UTF-16 or in a binary, then they are found", async () => {
    const other = token.replace("a", "z");
    const judged = await judgeDiff({
      spec: { binary: "allow" },
      files: {
        "key.pem": privateKey("MIIEpAIBAA"),
        "wide.txt": Buffer.from(`t = "${other}"`, "utf16le"),
        "a.bin": Buffer.concat([Uint8Array.from([0, 255, 1]), Buffer.from(` ${other} `)]),
      },
    });
    expect(judged.says).toMatch(
      /a\.bin: .+GITHUB_TOKEN.+\nkey\.pem: line 1 .+privatekey.+\nwide\.txt: .+GITHUB_TOKEN/s,
    );
  });

  it("given a key whose first and last line were there before, then the new body is found", async () => {
    const was = `${begin}\n...\n${end}\n`;
    const judged = await judgeDiff({
      base: { "doc.md": was },
      files: { "doc.md": privateKey("MIIEpAIBAA") },
    });
    expect(judged.says).toContain("doc.md: line 2 has what looks like a secret (privatekey");
  });

  it("given a secret that the base has, when its file is edited, moved or its line indented, then that is no leak", async () => {
    const judged = await judgeDiff({
      files: { "src/old.txt": `new\n\tknown ${token}\n`, "src/copy.txt": `known ${token}\n` },
    });
    expect(judged).toMatchObject({ verdict: "passed" });
    const moved = await judgeDiff({
      arrange: (directory) => renameSync(join(directory, "src/old.txt"), join(directory, "src/new.txt")),
    });
    expect(moved).toMatchObject({ verdict: "passed" });
  });

  it("given a line that an old secret is pasted into, then it is found", async () => {
    const judged = await judgeDiff({ files: { "src/old.txt": `known ${token}\nsend("${token}")\n` } });
    expect(judged.says).toContain("src/old.txt: line 2 has");
  });

  it("given an executable bit that changes, then it is told", async () => {
    const judged = await judgeDiff({
      arrange: (directory) => chmodSync(join(directory, "bin/run.sh"), 0o755),
    });
    expect(judged.says).toBe("bin/run.sh: the file has been made executable");
  });

  it("given links out of the tree, then they are told, and nothing is read through them", async () => {
    const judged = await judgeDiff({
      arrange: (directory) => {
        symlinkSync("/etc/passwd", join(directory, "absolute"));
        symlinkSync("../../state", join(directory, "src/up"));
        symlinkSync(".git/config", join(directory, "control"));
        rmSync(join(directory, "src/a.txt"));
        symlinkSync("old.txt", join(directory, "src/a.txt"));
      },
    });
    expect(judged.says.split("\n")).toEqual([
      "absolute: a link to an absolute path, or to none, is refused",
      "control: a link into git's own folder is refused",
      "src/a.txt: this was a file and has become a link",
      "src/up: a link that leads out of the tree is refused",
    ]);
  });

  it("given a repository inside, then it is told", async () => {
    const judged = await judgeDiff({
      arrange: (directory) => {
        mkdirSync(join(directory, "nested"));
        git(join(directory, "nested"), "init", "--quiet");
        git(join(directory, "nested"), "commit", "--quiet", "--allow-empty", "-m", "inside");
      },
    });
    expect(judged.says).toBe("nested: a repository within the repository is refused");
  });

  it("given names that mislead, then each is told", async () => {
    const names = ["a\nb", "-rf", "src/a\u202egnp.txt", "src/\u0430\u0440\u0435.txt", "src/A.txt"];
    const judged = await judgeDiff({ files: Object.fromEntries(names.map((name) => [name, ""])) });
    expect(judged.verdict).toBe("failed");
    expect(new Set(judged.findings.map(({ path }) => path))).toEqual(new Set(names));
    expect(judged.says).toContain("only case or accents tell the name from 'src/a.txt'");
  });

  it("given a name that is not UTF-8, then it is told", async () => {
    const judged = await judgeDiff({
      arrange: (directory) => {
        execFileSync("bash", ["-c", "printf x > $'src/\\xff\\xfe.txt'"], { cwd: directory });
      },
    });
    expect(judged.says).toContain("the name is not UTF-8");
  });
});

describe("the diff gate, told what it allows", () => {
  it("given all is allowed, then the same work passes", async () => {
    const allow = { binary: "allow", secrets: "allow", modes: "allow", names: "allow" } as const;
    const judged = await judgeDiff({
      spec: { ...allow, maxFiles: 1000, maxLines: 100_000, maxFileBytes: limits.artifactBytes },
      files: { "a.png": Uint8Array.from([0]), "-x": token.replace("a", "z"), "l.txt": "x\n".repeat(6000) },
      arrange: (directory) => {
        symlinkSync("/etc/passwd", join(directory, "absolute"));
        chmodSync(join(directory, "bin/run.sh"), 0o755);
      },
    });
    expect(judged).toMatchObject({ verdict: "passed", findings: [] });
  });

  it("given globs, then what is outside of them is told", async () => {
    const files = { "src/b.txt": "b", "docs/c.md": "c", "bin/run.sh": null };
    const judged = await judgeDiff({ spec: { paths: ["src", "docs/*.txt"] }, files });
    expect(judged.findings.map(({ path }) => path)).toEqual(["bin/run.sh", "docs/c.md"]);
    expect((await judgeDiff({ spec: { paths: ["{src,docs,bin}/**"] }, files })).verdict).toBe("passed");
  });

  it("given that nothing may change, then one file is too much, and none passes", async () => {
    const spec = { maxFiles: 0 };
    expect((await judgeDiff({ spec, files: { x: "" } })).says).toContain("of 1 files; at most 0");
    expect((await judgeDiff({ spec })).verdict).toBe("passed");
  });

  it("given more bytes than anybody looks into, then that is an objection", async () => {
    const large = Buffer.alloc(limits.diffBytes / 2 + 1, `${"x".repeat(99)}\n`);
    const spec = { maxFileBytes: limits.diffBytes, maxLines: 10_000_000, modes: "allow" } as const;
    const files = { "a.txt": large, "b.txt": Buffer.concat([large, Buffer.from("y")]) };
    const judged = await judgeDiff({ spec: { ...spec, binary: "allow" }, files });
    expect(judged.says).toContain(`more than ${limits.diffBytes} bytes together`);
    const unseen = await judgeDiff({ spec: { ...spec, binary: "allow", secrets: "allow" }, files });
    expect(unseen).toMatchObject({ verdict: "passed" });
  });
});
