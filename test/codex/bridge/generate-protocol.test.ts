import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { renderProtocol } from "../../../codex/bridge/generate-protocol.ts";

it("given the pinned Codex, then the types of its protocol are the ones that the bridge is written with", async () => {
  const written = await readFile(join(import.meta.dirname, "../../../codex/bridge/protocol.ts"), "utf8");
  // As a truth value: the difference of two such files is no help; `npm run codex:types` makes it one to look at.
  expect((await renderProtocol()) === written).toBe(true);
});
