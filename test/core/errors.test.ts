import { expect, test } from "vitest";
import { exitCodes, messageOf, PortcullisError, type ErrorKind } from "../../core/errors.ts";
import { finding, findingSchema } from "../../core/finding.ts";
import { limits } from "../../core/limits.ts";

test.each<[ErrorKind, number]>([
  ["usage", 2],
  ["environment", 4],
  ["defect", 5],
  ["undecided", 6],
  ["interrupted", 130],
])(
  "given an error of kind '%s', when the command line ends with it, then the exit code is %i",
  (kind, code) => {
    const error = new PortcullisError({ code: "a.b", kind, message: "m", remedy: "r" });
    expect(error).toMatchObject({ name: "PortcullisError", exitCode: code, retryable: false, message: "m" });
    expect("cause" in error).toBe(false);
  },
);

test("given the exit codes, when they are compared, then no two are the same and a pass is 0", () => {
  const codes = Object.values(exitCodes);
  expect(new Set(codes).size).toBe(codes.length);
  expect(exitCodes).toMatchObject({ passed: 0, refused: 1, paused: 3 });
});

test("given an error with a cause, when it is looked at, then the cause is there", () => {
  const cause = new Error("why");
  const error = new PortcullisError({
    code: "a",
    kind: "defect",
    message: "m",
    remedy: "r",
    retryable: true,
    cause,
  });
  expect(error).toMatchObject({ cause, retryable: true });
});

test("given anything that was thrown, when its message is asked for, then there is one", () => {
  expect([new Error("a"), "b", 3, null, undefined].map(messageOf)).toEqual([
    "a",
    "b",
    "3",
    "null",
    "undefined",
  ]);
});

test("given an objection of any length, when it becomes a finding, then it is cut at the limit and valid", () => {
  const long = "a".repeat(limits.findingCharacters + 1);
  const cut = finding("scope", long, { path: "a", excerpt: long });
  expect(cut.message).toHaveLength(limits.findingCharacters);
  expect(findingSchema.safeParse(cut).success).toBe(true);
});
