import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { locateCodex, locateSandboxTools } from "../../codex/locate.ts";
import { currentCodex } from "../support/raw-mcp.ts";
import { scratchDirectory } from "../support/scratch.ts";

function program(directory: string, name = "codex"): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, name);
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o755);
  return path;
}

describe("given where a Codex may be", () => {
  const scratch = scratchDirectory("locate");
  const one = program(join(scratch, "one"));
  const two = program(join(scratch, "two"));

  it("when the option names one, then it goes before all", () => {
    expect(locateCodex(one, { PORTCULLIS_CODEX: two })).toEqual({ path: one, from: "option" });
  });

  it("when the environment names one, then it goes before the bundled one", () => {
    expect(locateCodex(undefined, { PORTCULLIS_CODEX: two })).toEqual({ path: two, from: "environment" });
  });

  it.each([{}, { PORTCULLIS_CODEX: "" }])(
    "when nobody names one (%j), then it is the bundled one",
    (environment) => {
      expect(locateCodex(undefined, environment)).toEqual({ path: currentCodex, from: "bundled" });
    },
  );

  writeFileSync(join(scratch, "plain"), "");
  it.each([
    ["is missing", join(scratch, "missing")],
    ["is not executable", join(scratch, "plain")],
    ["is a folder", scratch],
    ["is empty", ""],
  ])(
    "when the one that is named %s, then that is an error with a remedy, and no other is taken",
    (_what, path) => {
      const error = {
        code: "codex.not-found",
        kind: "environment",
        remedy: expect.stringContaining("--codex PATH"),
      };
      expect(() => locateCodex(path, {})).toThrow(
        expect.objectContaining({ ...error, message: expect.stringContaining(`--codex names '${path}'`) }),
      );
      if (path === "") return;
      expect(() => locateCodex(undefined, { PORTCULLIS_CODEX: path })).toThrow(
        expect.objectContaining({
          ...error,
          message: expect.stringContaining(`PORTCULLIS_CODEX names '${path}'`),
        }),
      );
    },
  );
});

describe("given an installation without the bundled packages", () => {
  const bare = scratchDirectory("bare");
  const root = join(import.meta.dirname, "..", "..");
  for (const file of ["codex/locate.ts", "core/errors.ts"]) cpSync(join(root, file), join(bare, file));
  writeFileSync(join(bare, "package.json"), '{"type":"module"}');
  writeFileSync(
    join(bare, "locate.ts"),
    `import { locateCodex, locateSandboxTools } from "./codex/locate.ts";
const [what, path] = process.argv.slice(2);
try {
  console.log(JSON.stringify(what === "codex" ? locateCodex(undefined, { PATH: path }) : locateSandboxTools()));
} catch ({ code, remedy }) {
  console.log(JSON.stringify({ code, remedy }));
}`,
  );
  const locate = (what: string, path: string): unknown =>
    JSON.parse(execFileSync(process.execPath, ["locate.ts", what, path], { cwd: bare, encoding: "utf8" }));

  it("when one is on the PATH, then the first that can be run is taken", () => {
    mkdirSync(join(bare, "folder", "codex"), { recursive: true });
    const path = program(join(bare, "bin"));
    const entries = ["", join(bare, "missing"), join(bare, "folder"), join(bare, "bin"), "/usr/bin"];
    expect(locate("codex", entries.join(":"))).toEqual({ path, from: "path" });
  });

  it("when the PATH names a relative folder, then what lies in there is not taken", () => {
    program(join(bare, "here"));
    expect(locate("codex", "here:./here")).toMatchObject({ code: "codex.not-found" });
  });

  it("when there is none at all, then the remedy says what to install", () => {
    expect(locate("codex", "/nonexistent")).toEqual({
      code: "codex.not-found",
      remedy: "install Portcullis again, or name a Codex with --codex PATH",
    });
    expect(locate("sandbox", "")).toEqual({
      code: "sandbox.not-found",
      remedy: expect.stringContaining("optional dependencies"),
    });
  });
});

it("given the bundled packages, when the sandbox is looked for, then its programs are there by full path", () => {
  const { codex, bwrap, prlimit } = locateSandboxTools();
  for (const path of [codex, bwrap, prlimit]) {
    expect(path).toMatch(/^\//);
    expect(readFileSync(path).length).toBeGreaterThan(0);
  }
});
