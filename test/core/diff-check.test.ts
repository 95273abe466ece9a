import { describe, expect, it } from "vitest";
import type { ChangeSide, MeasuredChange } from "../../core/change.ts";
import { changedModes, misleadingNames, outsidePaths, tooMuch } from "../../core/diff-check.ts";
import { diffRules } from "../../core/gates/diff.ts";

const side = (mode: string, bytes = 1): ChangeSide => ({ mode, object: mode, bytes });
const change = (path: string, before: ChangeSide | null, after: ChangeSide | null): MeasuredChange => ({
  path,
  kind: before === null ? "added" : after === null ? "deleted" : "modified",
  before,
  after,
  lines: { added: 1, deleted: 0 },
});
const file = "100644";

describe("tooMuch", () => {
  const rules = diffRules({ kind: "diff", maxFiles: 2, maxLines: 10, maxFileBytes: 100 });

  it("given exactly the limits, then nothing is too much", () => {
    const changes = [change("a", null, side(file, 100)), change("b", side(file), null)];
    expect(tooMuch(changes, 10, rules)).toEqual([]);
  });

  it("given one more of each, then each is told with the limit", () => {
    const changes = ["a", "b", "c"].map((path) => change(path, null, side(file, 101)));
    const [files, lines, ...large] = tooMuch(changes, 11, rules).map(({ path, problem }) => [path, problem]);
    expect(files).toEqual([null, "the change is of 3 files; at most 2 are allowed"]);
    expect(lines).toEqual([null, "the change adds and deletes 11 lines; at most 10 are allowed"]);
    expect(large.map(([path]) => path)).toEqual(["a", "b", "c"]);
  });

  it("given a large file of the base that has not grown, then its size is no objection", () => {
    expect(tooMuch([change("a", side(file, 500), side(file, 400))], 1, rules)).toEqual([]);
    expect(tooMuch([change("a", side(file, 500), side(file, 501))], 1, rules)).toHaveLength(1);
  });
});

describe("outsidePaths", () => {
  it("given globs, then every change outside is told, deletions too", () => {
    const changes = [change("src/a", null, side(file)), change("docs/b", side(file), null)];
    expect(outsidePaths(changes, ["src/**"]).map(({ path }) => path)).toEqual(["docs/b"]);
  });
});

describe("misleadingNames", () => {
  it("given odd names, then the new ones are told, and not those of the base", () => {
    const changes = [
      change("a\nb", null, side(file)),
      change("c\nd", side(file), side(file)),
      change("-x", side(file), null),
    ];
    expect(misleadingNames(changes, ["a\nb", "c\nd"]).map(({ path }) => path)).toEqual(["a\nb"]);
  });
});

describe("changedModes", () => {
  const problems = (before: string | null, after: string | null) =>
    changedModes(
      [change("x", before === null ? null : side(before), after === null ? null : side(after))],
      new Map(),
    ).map(({ problem }) => problem);

  it.each([
    ["100644", "100755", "made executable"],
    ["100755", "100644", "not executable any more"],
    [null, "160000", "a repository within"],
    ["160000", "160000", "a repository within"],
    ["100644", "120000", "was a file and has become a link"],
    ["120000", "100644", "was a link and has become a file"],
    ["160000", "100755", "was a repository and has become a file"],
  ])("given a path of mode %s that becomes %s, then it is told: %s", (before, after, says) => {
    expect(problems(before, after).join("\n")).toContain(says);
  });

  it.each([
    [null, "100644"],
    [null, "100755"],
    ["100755", "100755"],
    ["100644", null],
    ["120000", null],
    ["100664", "100664"],
  ])("given a path of mode %s that becomes %s, then there is no objection", (before, after) => {
    expect(problems(before, after)).toEqual([]);
  });

  const linked = (path: string, target: string) =>
    changedModes([change(path, null, side("120000"))], new Map([["120000", target]])).map(
      ({ problem }) => problem,
    );

  it.each([
    ["a", "b"],
    ["a/b/c", "../../d"],
    ["a/b", "./c/d"],
    ["a/b", ".."],
    ["a", "..b/c"],
    ["a", ".github/x"],
  ])("given a link at %s to %s, then there is no objection", (path, target) => {
    expect(linked(path, target)).toEqual([]);
  });

  it.each([
    ["a", "/etc/passwd", "absolute"],
    ["a", "", "none"],
    ["a", "C:/x", "absolute"],
    ["a", "\\\\server\\x", "absolute"],
    ["a", "..", "out of the tree"],
    ["a", "../b", "out of the tree"],
    ["a/b", "../../c", "out of the tree"],
    ["a/b", "./../../c", "out of the tree"],
    ["a", "b/../c", "out of the tree"],
    ["a", ".git/config", "git's own folder"],
    ["a/b", "../.GIT/hooks", "git's own folder"],
  ])("given a link at %s to %j, then it is told: %s", (path, target, says) => {
    expect(linked(path, target).join("\n")).toContain(says);
  });
});
