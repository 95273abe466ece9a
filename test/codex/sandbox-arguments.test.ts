import { describe, expect, it } from "vitest";
import { sandboxArguments, sandboxEnvironment } from "../../codex/sandbox-arguments.ts";
import type { SandboxedCommand } from "../../core/ports/command-sandbox.ts";

const tools = { codex: "/t/codex", bwrap: "/t/bwrap", directory: "/t", prlimit: "/usr/bin/prlimit" };

function command(over: Partial<SandboxedCommand> = {}): SandboxedCommand {
  return {
    command: "npm test",
    directory: "/state/checkout",
    temporaryDirectory: "/state/tmp",
    network: "none",
    environment: {},
    denied: [],
    timeoutMs: 1,
    maxOutputBytes: 1,
    signal: new AbortController().signal,
    ...over,
  };
}

/** What stands after each of these options. */
function valuesOf(args: readonly string[], option: string, count: number): string[][] {
  return args.flatMap((arg, index) => (arg === option ? [args.slice(index + 1, index + 1 + count)] : []));
}

describe("given a command for the sandbox", () => {
  it("when it has no network, then it gets one of its own; else that of the machine", () => {
    expect(sandboxArguments(command(), tools)).toContain("--unshare-net");
    expect(sandboxArguments(command({ network: "full" }), tools)).not.toContain("--unshare-net");
  });

  it("when it is put together, then what runs outside is named by its full path", () => {
    const args = sandboxArguments(command(), tools);
    expect(args[0]).toBe("/usr/bin/prlimit");
    expect(args.filter((arg) => ["/t/bwrap", "/t/codex", "/bin/bash"].includes(arg))).toHaveLength(3);
    expect(args).toEqual(expect.arrayContaining(["--die-with-parent", "--unshare-pid", "--unshare-ipc"]));
  });

  it("when its text is hostile, then it is one argument, the last", () => {
    const text = `"; rm -rf / #' $(x) \n -- --bind / /`;
    expect(sandboxArguments(command({ command: text }), tools).at(-1)).toBe(text);
  });

  it("when paths hold quotes and line feeds, then the profile stays one table", () => {
    const denied = ['/a"="write", "/b', "/c\nd", "/e\\"];
    const profile = valuesOf(sandboxArguments(command({ denied }), tools), "-c", 1)
      .flat()
      .find((value) => value.startsWith("permissions.gate.filesystem="));
    for (const path of denied) expect(profile).toContain(`${JSON.stringify(path)}="deny"`);
  });

  it("when denied folders lie within each other, then the outer one alone is denied, which bubblewrap can mount", () => {
    const args = sandboxArguments(command({ denied: ["/d/inner", "/d", "/run/user"] }), tools).join(" ");
    expect(args).toContain('"/d"="deny"');
    expect(args).toContain('"/run"="deny"');
    expect(args).not.toContain("/d/inner");
    expect(args).not.toContain("/run/user");
  });

  it("when the checkout lies under /tmp, then it is bound again over the private one", () => {
    const args = sandboxArguments(command({ directory: "/tmp/checkout" }), tools);
    const binds = valuesOf(args, "--bind", 2);
    expect(binds.slice(1)).toEqual([
      ["/state/tmp", "/tmp"],
      ["/tmp/checkout", "/tmp/checkout"],
    ]);
  });
});

it("given variables, when the environment is made, then home and temporary folder are the private one", () => {
  const environment = { HOME: "/root", TMPDIR: "/x", CODEX_HOME: "/y", PATH: "/mine", A: "1" };
  expect(sandboxEnvironment(command({ environment }), "/own")).toEqual({
    LANG: "C.UTF-8",
    CI: "1",
    PATH: "/mine",
    A: "1",
    HOME: "/tmp",
    TMPDIR: "/tmp",
    CODEX_HOME: "/own",
  });
});
