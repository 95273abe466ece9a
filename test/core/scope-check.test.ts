import { expect, test } from "vitest";
import type { Change } from "../../core/change.ts";
import { outOfScope } from "../../core/scope-check.ts";

function change(path: string, more: Partial<Change> = {}): Change {
  return { path, kind: "modified", mode: "100644", ...more };
}

function outside(scope: readonly string[], ...paths: string[]): string[] {
  return outOfScope(
    paths.map((path) => change(path)),
    scope,
  ).map(({ path }) => path);
}

test("given a scope, when the work changes paths, then each one outside is named with the scope", () => {
  expect(outside(["src/**", "docs"], "src/a", "docs/b/c", "src/.a")).toEqual([]);
  expect(outside(["src/**"], "src/a", "srcs/a", "Src/a", "test/a", "src")).toEqual([
    "srcs/a",
    "Src/a",
    "test/a",
    "src",
  ]);
  expect(outOfScope([change("b")], ["a", "c"])).toEqual([
    { path: "b", problem: "this path is outside of the task's scope (a, c)" },
  ]);
});

test("given a scope of one folder's files, when a folder in it is changed, then that is outside", () => {
  expect(outside(["*"], "a", ".a", "src/a")).toEqual(["src/a"]);
  expect(outside(["src/*.js"], "src/a.js", "src/a.js/b")).toEqual(["src/a.js/b"]);
});

test("given no scope, when anything is changed, then it is outside", () => {
  expect(outside([], "a")).toEqual(["a"]);
});

test.each(["added", "modified", "deleted", "type-changed"] as const)(
  "given a repository within the repository, when it is %s within the scope, then it is refused",
  (kind) => {
    const submodule = change("src/a", { kind, mode: "160000" });
    expect(outOfScope([submodule], ["**"])).toEqual([
      { path: "src/a", problem: "a repository within the repository is refused" },
    ]);
  },
);
