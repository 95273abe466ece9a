import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startBridge, type StartedBridge } from "../../support/bridge.ts";

/** A repository whose own configuration names an MCP server that leaves a mark. */
function plantServer({ workTree }: StartedBridge): string {
  const mark = join(workTree, "started");
  mkdirSync(join(workTree, ".git"));
  mkdirSync(join(workTree, ".codex"));
  const server = `[mcp_servers.planted]\ncommand = "touch"\nargs = ["${mark}"]\n`;
  writeFileSync(join(workTree, ".codex", "config.toml"), server);
  return mark;
}

const workers = { w: [{ do: { say: "done" } }] };

it("given a thread that may write, then its folder is not trusted for good, and what its repository names is not started", async () => {
  const bridge = await startBridge({ workers });
  const mark = plantServer(bridge);
  expect(await bridge.start("w")).toMatchObject({ structuredContent: { content: "done" } });
  const file = join(bridge.codexHome, "config.toml");
  expect(existsSync(file) ? readFileSync(file, "utf8") : "").not.toContain('trust_level = "trusted"');
  expect(existsSync(mark)).toBe(false);
});

it("given a folder that the user trusts, then what its repository names is started, as the user has it", async () => {
  const bridge = await startBridge({ workers });
  const mark = plantServer(bridge);
  const trusted = `[projects."${bridge.workTree}"]\ntrust_level = "trusted"\n`;
  writeFileSync(join(bridge.codexHome, "config.toml"), trusted);
  expect(await bridge.start("w")).toMatchObject({ structuredContent: { content: "done" } });
  await expect.poll(() => existsSync(mark)).toBe(true);
});
