import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { launch } from "../../codex/launch.ts";
import { listProcesses, startTimeOf } from "../../codex/processes.ts";
import { scratchDirectory } from "../support/scratch.ts";

const env = { PATH: process.env["PATH"] ?? "" };
const shell = (script: string, more: object = {}) => launch("/bin/sh", ["-c", script], { env, ...more });

describe("given a program", () => {
  it("when it is launched, then it leads a group of its own and is named by pid and start time", async () => {
    const child = await shell("exec sleep 300");
    expect(listProcesses().find(({ pid }) => pid === child.pid)).toMatchObject({
      parent: process.pid,
      group: child.pid,
      startTime: child.startTime,
    });
    expect(startTimeOf(child.pid)).toBe(child.startTime);
    await child.end();
    expect(startTimeOf(child.pid)).toBeNull();
  });

  it("when it is launched, then it has the given environment, a mark, and nothing of ours", async () => {
    const child = await launch("/usr/bin/env", [], { env: { A: "1" }, cwd: "/" });
    const lines = (await text(child.stdout)).trimEnd().split("\n");
    const marks = Object.entries(child.mark).map(([name, value]) => `${name}=${value}`);
    expect(marks).toHaveLength(1);
    expect(lines.toSorted()).toEqual(["A=1", ...marks].toSorted());
    const other = await shell("true");
    expect(other.mark).not.toEqual(child.mark);
    await Promise.all([child.end(), other.end()]);
  });

  it.each([
    ["exit 3", "exit code 3"],
    ["kill -KILL $$", "signal SIGKILL"],
  ])("when it does '%s', then that is how it exited", async (script, how) => {
    const child = await shell(script);
    expect(await child.exited).toBe(how);
    await child.end();
  });

  it("when it says much on stderr, then the last of it is kept, bounded", async () => {
    const child = await shell("yes error | head -n 200000 >&2; echo last >&2");
    await child.drained;
    expect(child.stderrTail()).toMatch(/error\nlast$/);
    expect(Buffer.byteLength(child.stderrTail())).toBeLessThanOrEqual(8 * 1024);
    await child.end();
  });

  it("when it writes to descriptor 3, then that is a sign, where one is wanted", async () => {
    let signs = 0;
    const child = await shell("echo >&3", { onSign: () => (signs += 1) });
    await child.drained;
    expect(signs).toBe(1);
    await child.end();
  });

  it("when it does not read what we write, then we live on", async () => {
    const child = await shell("exec 0<&-; sleep 0.1");
    child.stdin.write("x".repeat(1_000_000));
    expect(await child.exited).toBe("exit code 0");
    await child.end();
  });
});

describe("given what cannot be started", () => {
  const directory = scratchDirectory("programs");
  writeFileSync(join(directory, "plain"), "text");

  it.each([join(directory, "missing"), join(directory, "plain"), directory])(
    "when %s is launched, then that is an error of the environment with a remedy",
    async (program) => {
      await expect(launch(program, [], { env })).rejects.toMatchObject({
        code: "codex.not-started",
        kind: "environment",
        message: expect.stringContaining(program),
        remedy: expect.stringContaining("--codex"),
      });
    },
  );

  it("when its working directory is missing, then that is the same error", async () => {
    await expect(launch("/bin/sh", [], { env, cwd: join(directory, "gone") })).rejects.toMatchObject({
      code: "codex.not-started",
    });
  });
});
