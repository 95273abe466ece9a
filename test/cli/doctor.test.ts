import { describe, expect, it } from "vitest";
import { portcullis } from "../support/cli.ts";
import { scratchDirectory } from "../support/scratch.ts";

interface Examined {
  name: string;
  ok: boolean;
  found: string;
  remedy: string | null;
}

describe("given a machine", () => {
  it("when all is there, then doctor says which Codex is used and why, and exits 0", async () => {
    const ran = await portcullis(["doctor", "--json", "--state-dir", scratchDirectory("state")]);
    expect(ran.exitCode).toBe(0);
    const examined = JSON.parse(ran.stdout) as Examined[];
    expect(examined.map(({ name }) => name)).toEqual(["node", "git", "state", "disk", "codex", "sandbox"]);
    expect(examined.every(({ ok }) => ok)).toBe(true);
    const codex = examined.find(({ name }) => name === "codex");
    expect(codex?.found).toContain(
      "0.169.0 by its app-server (bundled with Portcullis; its app-server is bridged to MCP)",
    );
  });

  it("when the Codex that is named is none, then that is wrong, with a remedy, and it exits 4", async () => {
    const ran = await portcullis([
      "doctor",
      "--codex",
      "/bin/true",
      "--state-dir",
      scratchDirectory("state"),
    ]);
    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toMatch(/^wrong {2}codex .*'\/bin\/true' .*serves neither MCP/m);
    expect(ran.stdout).toContain("→ leave --codex and PORTCULLIS_CODEX out");
    expect(ran.stdout).toMatch(/^ok {5}sandbox/m);
  });
});
