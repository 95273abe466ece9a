import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { clientInfo } from "../../codex/handshake.ts";

it("given our name for servers, then its version is the package's", () => {
  const manifest = readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8");
  expect(clientInfo.version).toBe((JSON.parse(manifest) as { version: string }).version);
});
