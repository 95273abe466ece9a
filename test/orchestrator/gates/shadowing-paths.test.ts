import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shadowingPaths } from "../../../orchestrator/gates/shadowing-paths.ts";

const base = [
  "calc/__init__.py",
  "calc/total.py",
  "tests/test_total.py",
  "tests/deep/__init__.py",
  "tests/deep/test_x.py",
];

describe("paths that stand in for the base's tests", () => {
  it.each([
    "argparse.py",
    "src/argparse.py",
    "tests/argparse/__init__.py",
    "json.cpython-311-x86_64-linux-gnu.so",
    "tests/__init__.py",
    "tests/test_total/__init__.py",
    "tests/test_total.abi3.so",
    "tests/deep/test_x.so",
    "tests.py",
    "tests/deep.py",
  ])("given %s, then it is one", (path) => {
    expect(shadowingPaths(base, [path])).toEqual([path]);
  });

  it.each([
    "calc/argparse.py",
    "calc/deep/__init__.py",
    "tests/test_more.py",
    "tests/deep/argparse.py",
    "tests/new/__init__.py",
    "argparse.md",
    "argparse/notes.py",
    "argparse.py.txt",
  ])("given %s, then it is none", (path) => {
    expect(shadowingPaths(base, [path])).toEqual([]);
  });

  it("given a repository without tests of Python, then there is none", () => {
    expect(shadowingPaths(["src/a.js", "test/a.test.js"], ["argparse.py", "test/__init__.py"])).toEqual([]);
  });

  it("given any paths, then what it names was added", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (paths, added) => {
        for (const path of shadowingPaths([...base, ...paths], added)) expect(added).toContain(path);
      }),
    );
  });
});
