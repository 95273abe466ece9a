import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const bin = join(import.meta.dirname, "..", "..", "bin", "portcullis.mjs");

describe("the bin", () => {
  it("given a Node that is too old, then it names the one that the checkout brings", () => {
    const old = "Object.defineProperty(process.versions, 'node', { value: '20.20.2' })";
    const { status, stderr } = spawnSync(process.execPath, ["--import", `data:text/javascript,${old}`, bin], {
      encoding: "utf8",
    });
    expect(stderr).toMatch(/^portcullis: expected Node 22\.18 or newer, found 20\.20\.2\n {2}→ .+\n$/);
    const [node = "", program = ""] = stderr.trim().split(": ").at(-1)?.split(" ") ?? [];
    const ran = spawnSync(node, [program, "--version"], { encoding: "utf8" });
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(status).toBe(4);
  });

  it("names no export of Node's that an older one lacks: it would fail before it could say so", () => {
    expect(readFileSync(bin, "utf8")).not.toMatch(/import \{[^}]*\} from "node:module"/);
  });

  it("can be executed: npm would change its mode in the checkout", () => {
    expect(() => accessSync(bin, constants.X_OK)).not.toThrow();
  });
});
