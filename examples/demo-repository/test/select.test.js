import assert from "node:assert/strict";
import { test } from "node:test";
import { select } from "../src/select.js";

const paths = ["src/a.js", "src/b.js", "src/gen/c.js", "test/a.js"];

test("a pattern picks the paths that it matches", () => {
  assert.deepEqual(select(paths, ["src/*.js"]), ["src/a.js", "src/b.js"]);
});

test("a pattern with ! takes paths away", () => {
  assert.deepEqual(select(paths, ["src/**", "!src/gen/**"]), ["src/a.js", "src/b.js"]);
});

test("a later pattern may bring a path back", () => {
  assert.deepEqual(select(paths, ["src/**", "!src/**", "src/b.js"]), ["src/b.js"]);
});
