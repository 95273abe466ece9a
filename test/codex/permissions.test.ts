import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { permissionConfig } from "../../codex/permissions.ts";
import type { WorkerRequest } from "../../core/ports/agent-server.ts";
import { scratchDirectory } from "../support/scratch.ts";

function request(over: Partial<WorkerRequest> = {}): WorkerRequest {
  return {
    workerId: "w",
    directory: "/state/work",
    temporaryDirectory: "/state/tmp/w",
    access: "write",
    instructions: "",
    environment: {},
    denied: [],
    ...over,
  };
}

function filesystemOf(over: Partial<WorkerRequest>, codexHome = "/home/u/.codex"): unknown {
  const { permissions } = permissionConfig(request(over), codexHome) as {
    permissions: { portcullis: { filesystem: unknown } };
  };
  return permissions.portcullis.filesystem;
}

describe("given a worker's request", () => {
  it("when it may write, then it writes its work tree and temporary folder, and nothing of the state is read", () => {
    expect(filesystemOf({ denied: ["/state/db", "/state/wor"] })).toEqual({
      ":root": "read",
      ":workspace_roots": { ".": "write" },
      "/home/u/.codex": "deny",
      "/state/db": "deny",
      "/state/wor": "deny",
      "/state/tmp/w": "write",
    });
  });

  it("when it may only read, then its work tree is read", () => {
    expect(filesystemOf({ access: "read-only" })).toMatchObject({ ":workspace_roots": { ".": "read" } });
  });

  it("when its permissions are put together, then there is no network and no shell snapshot", () => {
    expect(permissionConfig(request(), "/c")).toMatchObject({
      default_permissions: "portcullis",
      permissions: { portcullis: { network: { enabled: false } } },
      features: { shell_snapshot: false },
      allow_login_shell: false,
    });
  });

  it("when its work tree is named by a link, then neither name of it is trusted", () => {
    const root = scratchDirectory("trust");
    mkdirSync(join(root, "real"));
    symlinkSync(join(root, "real"), join(root, "link"));
    const untrusted = { trust_level: "untrusted" };
    expect(permissionConfig(request({ directory: join(root, "link") }), "/c")["projects"]).toEqual({
      [join(root, "link")]: untrusted,
      [join(root, "real")]: untrusted,
    });
  });

  it("when variables are given, then commands have those alone, and neither HOME nor TMPDIR is theirs to say", () => {
    const environment = { PATH: "/bin", HOME: "/root", TMPDIR: "/tmp", A: "1" };
    expect(permissionConfig(request({ environment }), "/c")["shell_environment_policy"]).toEqual({
      inherit: "none",
      ignore_default_excludes: false,
      set: { PATH: "/bin", A: "1", HOME: "/state/tmp/w", TMPDIR: "/state/tmp/w" },
    });
  });
});

describe("given denied folders", () => {
  it("when one lies within another, in whatever way it is written, then the outer one alone is named", () => {
    const denied = ["/d/inner", "/d/", "/d/inner/deep/../deep", "/other/x", "/other/x"];
    const expected = { "/d": "deny", "/other/x": "deny", "/home/u/.codex": "deny" };
    const {
      ":root": _root,
      ":workspace_roots": _roots,
      "/state/tmp/w": _tmp,
      ...found
    } = filesystemOf({
      denied,
    }) as Record<string, unknown>;
    expect(found).toEqual(expected);
  });

  it("when one is a symbolic link into another, then the real one is named once", () => {
    const root = scratchDirectory("denied");
    mkdirSync(join(root, "real/inner"), { recursive: true });
    symlinkSync(join(root, "real/inner"), join(root, "link"));
    const filesystem = filesystemOf({ denied: [join(root, "real")] }, join(root, "link"));
    expect(filesystem).toMatchObject({ [join(root, "real")]: "deny" });
    expect(Object.keys(filesystem as object)).not.toContain(join(root, "link"));
  });
});
