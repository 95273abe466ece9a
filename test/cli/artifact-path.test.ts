import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { artifactPaths } from "../../cli/artifact-path.ts";

const artifact = (name: string, digest = "a".repeat(64)) => ({
  name,
  digest,
  bytes: 1,
  mediaType: "text/plain",
});
const pathOf = (name: string) => [...artifactPaths([artifact(name)]).values()][0];

describe("artifactPaths", () => {
  it.each([
    ["out/notes.md", "out/notes.md"],
    ["evidence/execute/work#1:judge-command:test.txt", "evidence/execute/work#1:judge-command:test.txt"],
    ["ünï/漢字.md", "ünï/漢字.md"],
    ["../../etc/passwd", "%../%../etc/passwd"],
    ["/etc/passwd", "%/etc/passwd"],
    ["a/./b//c", "a/%./b/%/c"],
    ["", "%"],
    [".git/hooks/pre-commit", "%.git/hooks/pre-commit"],
    ["a/.GIT/x", "a/%.GIT/x"],
    ["a\nb\u202e\0c", "a%0Ab%202E%00c"],
    ["..\\..\\x", "..%5C..%5Cx"],
    ["%..", "%25.."],
    ["-rf", "-rf"],
  ])("given the name %j, then its path is %j", (name, path) => {
    expect(pathOf(name)).toBe(path);
  });

  it("given a name with several contents, then each has its digest", () => {
    const given = [artifact("a/n.md", "1".repeat(64)), artifact("a/n.md", "2".repeat(64)), artifact("b")];
    expect([...artifactPaths(given).values()]).toEqual([
      `a/n.${"1".repeat(12)}.md`,
      `a/n.${"2".repeat(12)}.md`,
      "b",
    ]);
  });

  it("given any names, then no path leaves the folder and no two are the same", () => {
    const part = fc.oneof(
      fc.constantFrom("..", ".", "", ".git", "%", "%..", "%2E", "a", "\\", "\n"),
      fc.string({ unit: "binary", maxLength: 8 }),
    );
    const name = fc.array(part, { maxLength: 6 }).map((parts) => parts.join("/"));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), (names) => {
        const paths = [...artifactPaths(names.map((own) => artifact(own))).values()];
        expect(new Set(paths).size).toBe(names.length);
        for (const path of paths) {
          expect(posix.join("/folder", path)).toBe(`/folder/${path}`);
          expect(path.split("/").some((own) => ["", ".", "..", ".git"].includes(own))).toBe(false);
        }
      }),
    );
  });
});
