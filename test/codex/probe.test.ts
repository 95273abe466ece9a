import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { probeCodex } from "../../codex/probe.ts";
import { fakeServerProgram } from "../support/fake-server.ts";
import { processesWith } from "../support/processes.ts";
import { currentCodex, nativeCodex } from "../support/raw-mcp.ts";
import { scratchDirectory } from "../support/scratch.ts";

const env = {
  PATH: process.env["PATH"] ?? "",
  HOME: scratchDirectory("home"),
  CODEX_HOME: scratchDirectory("codex-home"),
};
const fails = "exit 3";
const silent = "sleep 300";
const serves = {
  "mcp-server": (fault = "none") => `exec '${process.execPath}' '${fakeServerProgram}' ${fault}`,
  "app-server": (noise = ":") =>
    `read -r line; ${noise}; echo '{"id":1,"result":{"userAgent":"portcullis/7.8.9 (Linux)"}}'; exec cat >/dev/null`,
};

interface Fake {
  version?: string;
  "mcp-server"?: string;
  "app-server"?: string;
}

/** An executable that does this for each of its arguments, and keeps a list of what it was asked for. */
function fake(does: Fake): { path: string; tried: () => string[] } {
  const directory = scratchDirectory("probe");
  const [path, log] = [join(directory, "codex"), join(directory, "log")];
  const version = does.version === undefined ? ":" : `echo '${does.version}'`;
  const lines = [
    "#!/bin/bash",
    `echo "$1" >> '${log}'`,
    `case "$1" in`,
    `--version) ${version};;`,
    `mcp-server) ${does["mcp-server"] ?? fails};;`,
    `app-server) ${does["app-server"] ?? fails};;`,
    "esac",
  ];
  writeFileSync(path, lines.join("\n"));
  chmodSync(path, 0o755);
  const tried = () =>
    existsSync(log)
      ? readFileSync(log, "utf8")
          .split("\n")
          .filter((word) => word.endsWith("server"))
      : [];
  return { path, tried };
}

const probe = (path: string, timeoutMs?: number) =>
  probeCodex({ path, from: "option" }, env, timeoutMs === undefined ? {} : { timeoutMs });

describe("given a Codex whose version says what to try first", () => {
  const native = ["mcp-server", "app-server"];
  const later = ["app-server", "mcp-server"];
  it.each([
    ["codex-cli 0.149.1", native],
    ["codex-cli 0.153.4", native],
    ["codex-cli 0.153.5", later],
    ["codex-cli 0.154.0", later],
    ["codex-cli 0.154.0-alpha.1", later],
    ["codex-cli 1.0.0", later],
    ["codex, no number", later],
    ["", later],
  ])("when that is '%s', then it is tried as %j", async (version, order) => {
    const { path, tried } = fake({ version });
    await expect(probe(path)).rejects.toMatchObject({ code: "codex.no-server", kind: "environment" });
    expect(tried()).toEqual(order);
  });

  it("when the first one serves, then the other is not tried", async () => {
    const { path, tried } = fake({ version: "codex-cli 0.153.4", "mcp-server": serves["mcp-server"]() });
    expect(await probe(path)).toEqual({
      name: "codex",
      version: "0.0.1",
      server: "mcp-server",
      path,
      reason: "named by --codex; it serves MCP by itself",
    });
    expect(tried()).toEqual(["mcp-server"]);
  });

  it.each([
    ["app-server", { version: "codex-cli 0.100.0", "app-server": serves["app-server"]() }, "7.8.9"],
    ["mcp-server", { version: "codex-cli 0.169.0", "mcp-server": serves["mcp-server"]() }, "0.0.1"],
  ])(
    "when that is wrong, and it serves as %s all the same, then it is taken as that",
    async (server, does, version) => {
      const { path, tried } = fake(does);
      expect(await probe(path)).toMatchObject({ server, version });
      expect(tried()).toHaveLength(2);
    },
  );
});

describe("given noise", () => {
  it("when it stands before the version, then the version counts", async () => {
    const { path, tried } = fake({ version: "a warning\ncodex-cli 0.153.4" });
    await expect(probe(path)).rejects.toMatchObject({
      message: expect.stringContaining("(codex-cli 0.153.4)"),
    });
    expect(tried()[0]).toBe("mcp-server");
  });

  it.each([
    ["mcp-server", { version: "codex-cli 0.153.4", "mcp-server": serves["mcp-server"]("noise") }],
    [
      "app-server",
      {
        version: "codex-cli 0.169.0",
        "app-server": serves["app-server"]("echo hello; echo '{\"id\":'; echo '[]'"),
      },
    ],
  ])("when it stands before the handshake of %s, then it serves all the same", async (server, does) => {
    expect(await probe(fake(does).path)).toMatchObject({ server });
  });

  it("when it has no end, then the probe has", async () => {
    const endless = "exec yes noise";
    const { path } = fake({ "mcp-server": endless, "app-server": endless });
    await expect(probe(path, 200)).rejects.toMatchObject({ code: "codex.no-server" });
    expect(processesWith(path)).toEqual([]);
  });
});

describe("given a Codex that serves nothing", () => {
  it("when it is silent, even about its version, then each try ends in time, and nothing is left of it", async () => {
    const { path, tried } = fake({ "mcp-server": silent, "app-server": silent });
    writeFileSync(path, readFileSync(path, "utf8").replace("--version) :", `--version) ${silent}`));
    const started = performance.now();
    const error = await probe(path, 200).catch((thrown: unknown) => thrown);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(error).toMatchObject({
      code: "codex.no-server",
      message: expect.stringMatching(/version unknown.*app-server: .*200 ms.*mcp-server: .*200 ms/),
    });
    expect(tried()).toEqual(["app-server", "mcp-server"]);
    expect(processesWith(path)).toEqual([]);
  });

  it("when it speaks of something else, then what each try found is told in one line", async () => {
    const other = `exec '${process.execPath}' '${fakeServerProgram}' other-tools`;
    const { path } = fake({ version: "codex-cli 9.9.9", "mcp-server": other, "app-server": other });
    const error = await probe(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^'.*' \(codex-cli 9\.9\.9\) serves neither MCP .*it offers the tools search/,
      ),
      remedy: expect.stringContaining("leave --codex and PORTCULLIS_CODEX out"),
    });
    expect((error as Error).message).not.toMatch(/\n| {2}/);
  });

  it("when it is no program that the system runs, then it was not started, and that ends it", async () => {
    const { path } = fake({});
    writeFileSync(path, "#!/nonexistent/interpreter\n");
    await expect(probe(path)).rejects.toMatchObject({ code: "codex.not-started" });
  });

  it("when it is asked for anything, then it has what a Codex may have of our environment, and no secret of ours", async () => {
    const seen = join(scratchDirectory("seen"), "environment");
    const { path } = fake({});
    writeFileSync(path, `#!/bin/sh\nenv >> '${seen}'\nexit 1\n`);
    process.env["PORTCULLIS_TEST_SECRET"] = "canary";
    try {
      await expect(probe(path)).rejects.toMatchObject({ code: "codex.no-server" });
    } finally {
      delete process.env["PORTCULLIS_TEST_SECRET"];
    }
    expect(readFileSync(seen, "utf8").match(/^PATH=/gm)).toHaveLength(3);
    expect(readFileSync(seen, "utf8")).not.toContain("canary");
  });
});

describe("given real ones", () => {
  it.each([
    ["0.153.4", "mcp-server", nativeCodex],
    ["0.169.0", "app-server", currentCodex],
  ])("when it is %s, then it is a %s, and nothing of it is left", async (version, server, path) => {
    expect(await probe(path)).toMatchObject({ server, version });
    expect(processesWith(env.CODEX_HOME)).toEqual([]);
  });
});
