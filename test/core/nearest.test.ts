import { expect, test } from "vitest";
import { nearest } from "../../core/nearest.ts";

const names = ["handoff", "review", "commands", "run", "runs"];

test.each([
  ["handof", "handoff"],
  ["reveiw", "review"],
  ["rnu", "run"],
  ["command", "commands"],
  ["runs", "runs"],
  ["deploy", null],
  ["x", null],
  ["", null],
])("given '%s', then '%s' was meant", (word, meant) => {
  expect(nearest(word, names)).toBe(meant);
});

test("given no names, then none was meant", () => {
  expect(nearest("run", [])).toBeNull();
});
