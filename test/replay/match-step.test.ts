import { describe, expect, it } from "vitest";
import { mismatch, type PendingCall } from "../../replay/match-step.ts";
import type { Expectation } from "../../replay/script.ts";

const command: PendingCall = { callId: "c1", kind: "command" };
const patch: PendingCall = { callId: "c2", kind: "patch" };
const result = (callId: string, exitCode: number | null, output = "") => ({ callId, exitCode, output });

describe("given the result of a command", () => {
  const found = (expected: Expectation, exitCode: number | null, output = "") =>
    mismatch(expected, [command], { user: null, results: [result("c1", exitCode, output)] });

  it("then exit code 0 is expected unless another is said", () => {
    expect(found({}, 0)).toBeNull();
    expect(found({}, 3, "boom")).toBe("expected exit code 0, found 3: boom");
    expect(found({}, null)).toContain("found none");
    expect(found({ exitCode: 3 }, 3)).toBeNull();
    expect(found({ exitCode: 3 }, 0)).toContain("expected exit code 3, found 0");
    expect(found({ exitCode: null }, null)).toBeNull();
    expect(found({ exitCode: null }, 0)).toContain("expected exit code none");
  });

  it("then every text of the output must be there", () => {
    expect(found({ output: ["a", "b"] }, 0, "b a")).toBeNull();
    expect(found({ output: ["a", "b"] }, 0, "a")).toBe("expected 'b' in the output, found: a");
  });

  it("then it is no result of a patch, and no prompt", () => {
    expect(found({ patch: "applied" }, 0)).toContain("ran a command");
    expect(found({ user: ["go"] }, 0)).toContain("expected a prompt");
  });
});

describe("given the result of a patch", () => {
  const found = (expected: Expectation, exitCode: number | null) =>
    mismatch(expected, [patch], { user: null, results: [result("c2", exitCode)] });

  it("then it has to be applied unless a failure is expected", () => {
    expect(found({}, 0)).toBeNull();
    expect(found({}, null)).not.toBeNull();
    expect(found({ patch: "failed" }, null)).toBeNull();
    expect(found({ patch: "failed" }, 1)).toBeNull();
    expect(found({ patch: "failed" }, 0)).toContain("expected a patch that fails");
  });
});

describe("given several calls", () => {
  const input = { user: null, results: [result("c2", null), result("c1", 4)] };

  it("then each has its own expectation, in the order of the calls", () => {
    const results = [{ exitCode: 4 }, { patch: "failed" as const }];
    expect(mismatch({ results }, [command, patch], input)).toBeNull();
    expect(mismatch({ results: [{ exitCode: 4 }] }, [command, patch], input)).not.toBeNull();
  });

  it("then an expectation of one result is refused, and so are more results than calls", () => {
    expect(mismatch({ exitCode: 4 }, [command, patch], input)).toContain("made 2");
    expect(mismatch({ results: [{}, {}] }, [command], input)).toContain("found the result of call c2");
    const one = { user: null, results: [result("c1", 0)] };
    expect(mismatch({ results: [{}, {}] }, [command], one)).toContain("made 1 calls");
  });
});

describe("given a prompt", () => {
  const input = { user: "Fix sum", results: [] };

  it("then its texts are looked for, and a result is not to be expected", () => {
    expect(mismatch({ user: ["Fix"] }, [], input)).toBeNull();
    expect(mismatch({ user: ["Break"] }, [], input)).toBe("expected 'Break' in the prompt, found: Fix sum");
    expect(mismatch({ exitCode: 0 }, [], input)).toContain("made 0");
    expect(mismatch({}, [command], input)).toContain("expected the result of call c1, found a prompt");
  });

  it("then results of calls that were not made, and nothing at all, do not match", () => {
    expect(mismatch({}, [], { user: "x", results: [result("c9", 0)] })).toContain("call c9");
    expect(mismatch({}, [], { user: null, results: [] })).toBe("expected a prompt, found nothing new");
  });
});
