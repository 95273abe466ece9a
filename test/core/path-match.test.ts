import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { permittingMatcher, problemWithGlob, protectingMatcher } from "../../core/path-match.ts";

const permits = (glob: string, path: string): boolean => permittingMatcher(glob)(path);
const protects = (glob: string, path: string): boolean => protectingMatcher(glob)(path);

describe("given a glob in the usual words", () => {
  test.each([
    ["a.ts", ["a.ts"], ["a-ts", "b/a.ts", "a.tsx"]],
    ["src", ["src", "src/a", "src/a/b"], ["srcs", "a/src", "sr"]],
    ["src/", ["src/a"], ["srcs/a"]],
    ["src/**", ["src/a", "src/a/b", "src/.hidden/.b"], ["src", "srcs/a", "test/src/a"]],
    ["**", ["a", "a/b", ".a/.b"], []],
    ["**/a.ts", ["a.ts", "b/a.ts", "b/.c/a.ts"], ["ba.ts", "b/ba.ts"]],
    ["a/**/b", ["a/b", "a/c/b", "a/c/d/b"], ["ab", "a/cb"]],
    ["*.ts", ["a.ts", ".ts", ".a.ts"], ["a/b.ts", "a.tsx"]],
    ["src/*", ["src/a", "src/.a"], ["src/a/b", "src"]],
    ["src/*.js", ["src/x.js"], ["src/x.js/evil"]],
    ["a?c", ["abc", "a💥c"], ["ac", "a/c", "abbc"]],
    ["a**b", ["ab", "axb"], ["a/b"]],
    ["{a,b/*}.ts", ["a.ts", "b/c.ts"], ["c.ts", "b/c/d.ts"]],
    ["{a,{b,c}d}", ["a", "bd", "cd"], ["b", "ad"]],
    ["src/{a,b}", ["src/a/x", "src/b"], ["src/c/x"]],
    ["[a-c]x", ["ax", "cx"], ["dx", "/x"]],
    ["[!a]x", ["bx"], ["ax", "/x"]],
  ])("when it is '%s', then it permits these paths and not those", (glob, yes, no) => {
    for (const path of yes) expect([path, permits(glob, path)]).toEqual([path, true]);
    for (const path of no) expect([path, permits(glob, path)]).toEqual([path, false]);
  });
});

test("given names that hold a glob's signs, when they are written out, then they stand for themselves", () => {
  for (const name of [
    "app/[id]/page.tsx",
    "app/[...slug]/a",
    "app/(group)/a",
    "{",
    "a/[",
    "}{",
    "a+b",
    "$^.",
  ]) {
    expect([name, permits(name, name), protects(name, name)]).toEqual([name, true, true]);
  }
  expect(permits("app/[id]/**", "app/[id]/page.tsx")).toBe(true);
  expect(protects("app/(admin)/**", "app/(admin)/page.tsx")).toBe(true);
  expect(permits("app/[id]", "app/[id]/page.tsx")).toBe(true);
});

test("given a path with a line break, when a protecting glob covers it, then the break hides nothing", () => {
  for (const separator of ["\n", "\r", "\u2028", "\u2029", "\t", " "]) {
    expect(protects("**/test/**", `test/a${separator}b`)).toBe(true);
    expect(protects("**/package.json", `a${separator}b/package.json`)).toBe(true);
    expect(permits("src/**", `src/a${separator}/b`)).toBe(true);
  }
});

test("given another case or form of accents, when globs protect and permit, then one is wide and the other narrow", () => {
  const decomposed = "cafe\u0301/a";
  expect(protects("**/conftest.py", "a/ConfTest.PY")).toBe(true);
  expect(protects("Makefile", "makefile")).toBe(true);
  expect(protects("caf\u00e9/**", decomposed)).toBe(true);
  expect(protects("**/test/**", "TE\u017fT/a")).toBe(true);
  expect(permits("src/**", "SRC/a")).toBe(false);
  expect(permits("caf\u00e9/**", decomposed)).toBe(false);
});

test("given a wildcard that names a folder, when it protects, then all below it is covered", () => {
  expect(protects("test/*", "test/a/b")).toBe(true);
  expect(protects("**/*.test.*", "a.test.d/b")).toBe(true);
});

test("given globs that would be read in two ways, when they are checked, then the problem is named", () => {
  for (const glob of [
    "!x",
    "!src/**",
    "!(a)",
    "a/!(b)/c",
    "+(a|b)",
    "@(a)",
    "?(a)",
    "*(a)",
    "a|b",
    "(a|b)/**",
  ]) {
    expect([glob, problemWithGlob(glob)]).toEqual([glob, expect.any(String)]);
  }
  for (const glob of [
    "/a",
    "",
    "/",
    "a//b",
    "./a",
    ".",
    "..",
    "a/../b",
    "a/.",
    "a\\b",
    "{1..3}",
    "a{a..c}b",
  ]) {
    expect([glob, problemWithGlob(glob)]).toEqual([glob, expect.any(String)]);
  }
  for (const glob of [
    "**",
    "a",
    ".github/**",
    "...",
    "a..b",
    "{a,b}",
    "[!a]x",
    "a!",
    "app/(group)/x",
    "a/",
  ]) {
    expect([glob, problemWithGlob(glob)]).toEqual([glob, null]);
  }
});

/** Globs and paths of few letters, so that they meet. */
const letters = fc.constantFrom(
  "a",
  "b",
  "/",
  ".",
  "*",
  "**",
  "?",
  "[",
  "]",
  "!",
  "{",
  "}",
  ",",
  "-",
  "\n",
  "A",
);
const glob = fc.array(letters, { maxLength: 14 }).map((parts) => parts.join(""));
const path = fc
  .array(fc.string({ unit: fc.constantFrom("a", "b", ".", "\n", "A"), minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((names) => names.join("/"));

describe("given any glob and any path", () => {
  it("then what a glob permits it also protects, and nothing throws", () => {
    fc.assert(
      fc.property(glob, path, (someGlob, somePath) => {
        if (permits(someGlob, somePath)) expect(protects(someGlob, somePath)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it("then a path permits itself and what lies below it, and ** everything", () => {
    fc.assert(
      fc.property(path, path, (one, other) => {
        expect(permits(one, one)).toBe(true);
        expect(permits(one, `${one}/${other}`)).toBe(true);
        expect(permits("**", one)).toBe(true);
        expect(permits(`**/${other}`, `${one}/${other}`)).toBe(true);
        expect(permits(`${one}/**`, other)).toBe(other.startsWith(`${one}/`));
      }),
    );
  });

  it("then a regular expression made of its stars alone says the same", () => {
    const starred = fc.array(fc.constantFrom("a", "b", "/", ".", "*", "?"), { minLength: 1, maxLength: 8 });
    const single = starred.map((parts) => parts.join("")).filter((text) => !/\*\*|^\/|\/$/.test(text));
    fc.assert(
      fc.property(single, path, (someGlob, somePath) => {
        const source = someGlob.replaceAll(".", "\\.").replaceAll("*", "[^/]*").replaceAll("?", "[^/]");
        const below = /[*?]/.test(someGlob.slice(someGlob.lastIndexOf("/") + 1)) ? "" : "(?:/[^]*)?";
        expect(permits(someGlob, somePath)).toBe(new RegExp(`^${source}${below}$`).test(somePath));
      }),
      { numRuns: 5000 },
    );
  });
});

test("given globs made to be slow, when the longest paths are matched, then the answer comes all the same", () => {
  const name = "a".repeat(250);
  const deep = Array.from({ length: 16 }, () => name).join("/");
  const braces = "{a,".repeat(100) + "b" + "}".repeat(100);
  const slow = [
    `${"*a".repeat(190)}*b`,
    `${"**/".repeat(130)}b`,
    `${"{a,aa}".repeat(60)}b`,
    braces,
    "{".repeat(400),
  ];
  for (const some of [...slow, "[".repeat(400), "{[,".repeat(130)]) {
    expect([some, permits(some, deep)]).toEqual([some, false]);
  }
});
