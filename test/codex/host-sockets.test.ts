import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { boundSockets, hostSockets } from "../../codex/host-sockets.ts";
import { scratchDirectory } from "../support/scratch.ts";

function listenAt(path: string): Promise<void> {
  const server = createServer();
  onTestFinished(() => void server.close());
  return new Promise((resolve) => server.listen(path, () => resolve()));
}

it("given sockets of the host, when a command may write in some folders, then those of all others are denied", async () => {
  const root = scratchDirectory("sockets");
  const [checkout, temporary] = [join(root, "checkout"), join(root, "temporary")];
  for (const folder of [checkout, temporary]) mkdirSync(folder);
  await listenAt(join(root, "a b.sock"));
  await listenAt(join(root, "checkout.sock"));
  await listenAt(join(checkout, "own.sock"));
  const denied = hostSockets({}, [checkout, temporary]);
  expect(denied.slice(0, 2)).toEqual(["/run", "/var/run"]);
  expect(denied).toContain(join(root, "a b.sock"));
  expect(denied).toContain(join(root, "checkout.sock"));
  expect(denied).not.toContain(join(checkout, "own.sock"));
});

it.each([
  ["SSH_AUTH_SOCK", "/home/u/agent.sock"],
  ["DOCKER_HOST", "unix:///home/u/agent.sock"],
  ["CONTAINER_HOST", "unix:/home/u/agent.sock"],
  ["GPG_AGENT_INFO", "/home/u/agent.sock:123:1"],
  ["WAYLAND_DISPLAY", "/home/u/agent.sock"],
  ["DBUS_SESSION_BUS_ADDRESS", "unix:path=/home/u/agent.sock,guid=0a;tcp:host=x"],
  ["DBUS_SYSTEM_BUS_ADDRESS", "tcp:host=x;unix:guid=0a,path=/home/u/agent.sock"],
  ["XDG_RUNTIME_DIR", "/home/u/agent.sock"],
])("given %s=%s, when the kernel does not list it, then it is denied all the same", (name, value) => {
  expect(hostSockets({ [name]: value }, ["/s/c"], "")).toContain("/home/u/agent.sock");
});

it.each([
  ["DOCKER_HOST", "tcp://127.0.0.1:2375"],
  ["DOCKER_HOST", "ssh://u@host"],
  ["DBUS_SESSION_BUS_ADDRESS", "unix:abstract=/tmp/dbus-x"],
  ["SSH_AUTH_SOCK", "/tmp/ssh-x/agent.1"],
  ["SSH_AUTH_SOCK", "/run/user/0/agent"],
  ["WAYLAND_DISPLAY", "wayland-0"],
  ["XDG_RUNTIME_DIR", "/s"],
  ["XDG_RUNTIME_DIR", "/"],
  ["XDG_RUNTIME_DIR", ""],
])(
  "given %s=%s, which names no file, a hidden one or what the command works in, then nothing more is denied",
  (name, value) => {
    expect(hostSockets({ [name]: value }, ["/s/c"], "")).toEqual(["/run", "/var/run"]);
  },
);

it("given the kernel's table, when it is read, then each absolute path counts once and no other", () => {
  const table = `Num       RefCount Protocol Flags    Type St Inode Path
00000000403076bc: 00000002 00000000 00010000 0001 01 1268545 rel.sock
00000000c4a583d3: 00000003 00000000 00000000 0001 03  1061
00000000cb468fd8: 00000002 00000000 00010000 0001 01 1268543 /h/s.sock
00000000cb468fd9: 00000003 00000000 00000000 0001 03 1268549 /h/s.sock
00000000c4a583d4: 00000002 00000000 00010000 0001 01  1062 @/tmp/.X11-unix/X0
0000000058c76dbe: 00000002 00000000 00000000 0002 01 1268544 /h/a b.sock
`;
  expect(boundSockets(table)).toEqual(["/h/s.sock", "/h/a b.sock"]);
});
