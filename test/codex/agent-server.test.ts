import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createCodexServer } from "../../codex/agent-server.ts";
import { locateSandboxTools } from "../../codex/locate.ts";
import { fakeCodex } from "../support/fake-server.ts";
import { processesWith } from "../support/processes.ts";
import { nativeCodex } from "../support/raw-mcp.ts";
import { scratchDirectory } from "../support/scratch.ts";

const environment = { PATH: process.env["PATH"], HOME: scratchDirectory("home") };
const describeCodex = (path: string) =>
  createCodexServer({ path, environment, codexHome: scratchDirectory("codex-home") }).describe();

describe("given a Codex that serves MCP", () => {
  it("when it is described, then its version is the server's own, and nothing of it is left", async () => {
    const codexHome = scratchDirectory("codex-home");
    const server = createCodexServer({ environment, codexHome });
    expect(await server.describe()).toEqual({
      name: "codex",
      version: "0.153.4",
      server: "mcp-server",
      path: nativeCodex,
      reason: "bundled with Portcullis",
    });
    expect(processesWith(codexHome)).toEqual([]);
  });

  it("when it is described twice, then it is started once", async () => {
    const count = join(scratchDirectory("count"), "starts");
    const server = createCodexServer({ path: fakeCodex("none", `echo x >> '${count}'`), environment });
    const [first, second] = await Promise.all([server.describe(), server.describe()]);
    expect(first).toMatchObject({ version: "0.0.1", reason: "named by --codex" });
    expect(second).toBe(first);
    expect(readFileSync(count, "utf8")).toBe("x\n");
  });
});

describe("given one that does not", () => {
  it("when it is the current Codex, then the error names the version found, those that do, and what to do", async () => {
    await expect(describeCodex(locateSandboxTools().codex)).rejects.toMatchObject({
      code: "codex.no-mcp",
      kind: "environment",
      message: expect.stringMatching(
        /\(codex-cli 0\.169\.0\) does not serve MCP; Codex up to 0\.153\.4 does/,
      ),
      remedy: expect.stringContaining("leave --codex and PORTCULLIS_CODEX out"),
    });
  });

  it.each([
    ["dies", "die-at-once", "exit code 3"],
    ["offers other tools", "other-tools", "it offers the tools search"],
    ["speaks another protocol", "old-protocol", "1999-01-01"],
  ])(
    "when it %s, then that is said with its version, and nothing of it is left",
    async (_what, fault, message) => {
      const path = fakeCodex(fault);
      await expect(describeCodex(path)).rejects.toMatchObject({
        code: "codex.no-mcp",
        message: expect.stringContaining("codex-cli 9.9.9"),
      });
      await expect(describeCodex(path)).rejects.toThrow(message);
      expect(processesWith(path)).toEqual([]);
    },
  );

  it("when it is no program at all, then that is said, and it is a rejection", async () => {
    await expect(describeCodex("/nonexistent/codex")).rejects.toMatchObject({ code: "codex.not-found" });
    await expect(describeCodex("/etc/passwd")).rejects.toMatchObject({ code: "codex.not-found" });
  });

  it("when its version is asked for, then it sees no secret of ours", async () => {
    const seen = join(scratchDirectory("seen"), "environment");
    const spy = fakeCodex("none");
    writeFileSync(spy, `#!/bin/sh\nenv >> '${seen}'\nexit 1\n`);
    process.env["PORTCULLIS_TEST_SECRET"] = "canary";
    try {
      await expect(describeCodex(spy)).rejects.toMatchObject({ code: "codex.no-mcp" });
    } finally {
      delete process.env["PORTCULLIS_TEST_SECRET"];
    }
    expect(readFileSync(seen, "utf8")).toContain("PATH=");
    expect(readFileSync(seen, "utf8")).not.toContain("canary");
  });
});
