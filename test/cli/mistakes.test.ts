import { describe, expect, it } from "vitest";
import { portcullis } from "../support/cli.ts";

const mistakes: readonly [args: readonly string[], says: RegExp][] = [
  [["--bogus"], /unknown option '--bogus'/],
  [["-v"], /unknown option '-v'/],
  [["--log-level", "loud", "runs"], /'loud' is invalid.*debug/],
  [["runs", "--limit", "abc"], /expected a number from 1 to 1000, found 'abc'/],
  [["runs", "--limit", "0"], /found '0'/],
  [["help", "rnu"], /did you mean 'portcullis run'/],
];

describe("the command line", () => {
  it.each(mistakes)("given %j, then one line says what is wrong", async (args, says) => {
    const { exitCode, stdout, stderr } = await portcullis(args);
    expect(stderr).toMatch(/^portcullis: .+\n {2}→ .+\n$/);
    expect(stderr).toMatch(says);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });

  it("given help and a command, then it is that command's help", async () => {
    const asked = await portcullis(["help", "run"]);
    expect(asked.stdout).toContain("Usage: portcullis run");
    expect(asked.stdout).toBe((await portcullis(["run", "--help"])).stdout);
  });
});
