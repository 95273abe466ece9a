import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createCodexServer } from "../../codex/agent-server.ts";
import { fakeCodex } from "../support/fake-server.ts";
import { processesWith } from "../support/processes.ts";
import { currentCodex, nativeCodex } from "../support/raw-mcp.ts";
import { scratchDirectory } from "../support/scratch.ts";

const environment = { PATH: process.env["PATH"], HOME: scratchDirectory("home") };

describe("given a Codex that serves", () => {
  it.each([
    {
      what: "nobody named one",
      path: undefined,
      found: {
        version: "0.169.0",
        server: "app-server",
        path: currentCodex,
        reason: "bundled with Portcullis; its app-server is bridged to MCP",
      },
    },
    {
      what: "the last that serves MCP by itself is named",
      path: nativeCodex,
      found: {
        version: "0.153.4",
        server: "mcp-server",
        path: nativeCodex,
        reason: "named by --codex; it serves MCP by itself",
      },
    },
  ])("when $what, then that is described, with why, and nothing of it is left", async ({ path, found }) => {
    const codexHome = scratchDirectory("codex-home");
    const named = path === undefined ? {} : { path };
    const server = createCodexServer({ environment, codexHome, ...named });
    expect(await server.describe()).toEqual({ name: "codex", ...found });
    expect(processesWith(codexHome)).toEqual([]);
  });

  it("when it is described twice, then it is probed once", async () => {
    const count = join(scratchDirectory("count"), "starts");
    const server = createCodexServer({ path: fakeCodex("none", `echo "$1" >> '${count}'`), environment });
    const [first, second] = await Promise.all([server.describe(), server.describe()]);
    expect(first).toMatchObject({ version: "0.0.1", server: "mcp-server" });
    expect(second).toBe(first);
    expect(readFileSync(count, "utf8")).toBe("app-server\nmcp-server\n");
  });
});

describe("given one that does not", () => {
  it.each([
    ["dies", "die-at-once", "exit code 3"],
    ["offers other tools", "other-tools", "it offers the tools search"],
    ["speaks another protocol", "old-protocol", "1999-01-01"],
  ])(
    "when it %s, then that is said with its version, and nothing of it is left",
    async (_what, fault, message) => {
      const path = fakeCodex(fault);
      const error = await describeCodex(path).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "codex.no-server", kind: "environment" });
      expect((error as Error).message).toContain("codex-cli 9.9.9");
      expect((error as Error).message).toContain(message);
      expect(processesWith(path)).toEqual([]);
    },
  );

  it("when it is no program at all, then that is said, and it is a rejection", async () => {
    await expect(describeCodex("/nonexistent/codex")).rejects.toMatchObject({ code: "codex.not-found" });
    await expect(describeCodex("/etc/passwd")).rejects.toMatchObject({ code: "codex.not-found" });
  });
});

function describeCodex(path: string) {
  return createCodexServer({ path, environment, codexHome: scratchDirectory("codex-home") }).describe();
}
