import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { lookForProcess, newHolder, ownIdentity } from "../../codex/process-identity.ts";

describe("the identity of a process", () => {
  test("given our own, when it is looked for, then it runs", () => {
    expect(lookForProcess(ownIdentity())).toBe("running");
    expect(lookForProcess(newHolder())).toBe("running");
  });

  test("given a process that has ended, when it is looked for, then it is gone", async () => {
    const child = spawn(process.execPath, ["-e", "0"]);
    const { pid } = child;
    await once(child, "exit");
    expect(lookForProcess(ownIdentity().replace(/^\d+/, String(pid)))).toBe("gone");
  });

  test("given a process with our pid of another start, when it is looked for, then it is gone", () => {
    expect(lookForProcess(ownIdentity().replace(/^(\d+)\/\d+/, "$1/1"))).toBe("gone");
  });

  test("given one of an earlier boot, when it is looked for, then it is gone", () => {
    expect(lookForProcess(ownIdentity().replace(/@.*$/, "@another-boot"))).toBe("gone");
  });

  test.each(["", "somebody", "12", "1/2", `${process.pid}/1/elsewhere@boot`])(
    "given '%s', which is nobody of this machine, when it is looked for, then nothing is said",
    (identity) => {
      expect(lookForProcess(identity)).toBe("unknown");
    },
  );
});
