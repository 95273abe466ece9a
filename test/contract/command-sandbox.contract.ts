import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CommandResult, CommandSandbox, SandboxedCommand } from "../../core/ports/command-sandbox.ts";
import { processesWith } from "../support/processes.ts";
import { scratchDirectory } from "../support/scratch.ts";

interface Case {
  root: string;
  checkout: string;
  temporary: string;
  run(command: string, over?: Partial<SandboxedCommand>): Promise<CommandResult>;
}

const exited = (exitCode: number, output: string) => ({
  outcome: "exited",
  exitCode,
  output,
  truncated: false,
  problem: null,
});

function listen(where: { port: number; host: string } | { path: string }): Promise<Server> {
  const server = createServer((socket) => socket.end("reached"));
  onTestFinished(() => void server.close());
  return new Promise((resolve) => server.listen(where, () => resolve(server)));
}

const nodeServes = (where: string): string =>
  `'${process.execPath}' -e '
    const net = require("net");
    const where = ${where};
    net.createServer((s) => s.end("served")).listen(where, () =>
      net.connect(where).on("data", (d) => { console.log(String(d)); process.exit(0); }))'`;

/** What every adapter of the `CommandSandbox` port keeps. */
export function commandSandboxContract(name: string, open: () => CommandSandbox): void {
  const sandbox = open();

  function given(): Case {
    const root = scratchDirectory("sandboxed");
    const checkout = join(root, "checkout");
    const temporary = join(root, "temporary");
    mkdirSync(checkout);
    mkdirSync(temporary);
    const run: Case["run"] = (command, over = {}) =>
      sandbox.run({
        command,
        directory: checkout,
        temporaryDirectory: temporary,
        network: "none",
        environment: {},
        denied: [],
        timeoutMs: 50_000,
        maxOutputBytes: 100_000,
        signal: new AbortController().signal,
        ...over,
      });
    return { root, checkout, temporary, run };
  }

  describe(`${name}: results`, () => {
    test("given this machine, when it is verified, then it holds, each time", async () => {
      await sandbox.verify();
      await sandbox.verify();
    });

    test.each([0, 1, 2, 77, 101, 126, 255])(
      "given a command that ends with %i, when it runs, then that is its exit code",
      async (code) => {
        expect(await given().run(`exit ${code}`)).toMatchObject(exited(code, ""));
      },
    );

    test("given a command that writes to both outputs, when it runs, then all of it comes in its order", async () => {
      const lines = Array.from({ length: 50 }, (_, index) => `o${index}\ne${index}\n`).join("");
      const result = await given().run("for ((i = 0; i < 50; i++)); do echo o$i; echo e$i >&2; done");
      expect(result).toMatchObject(exited(0, lines));
    });

    test("given a missing program, when it runs, then that is 127", async () => {
      const result = await given().run("no-such-program --x");
      expect(result).toMatchObject({ outcome: "exited", exitCode: 127 });
      expect(result.output).toContain("no-such-program");
    });

    test("given a command that kills itself, when it runs, then that is no success", async () => {
      expect(await given().run("kill -KILL $$")).toMatchObject({ outcome: "exited", exitCode: 137 });
    });

    test("given a shell line of several, when it runs, then it is the shell's", async () => {
      const line = `false || (echo "a  'b'" && exit 3) | cat; exit \${PIPESTATUS[0]}`;
      expect(await given().run(line)).toMatchObject(exited(3, "a  'b'\n"));
    });

    test("given a command that reads its input, when it runs, then that is at its end", async () => {
      expect(await given().run("cat; echo end")).toMatchObject(exited(0, "end\n"));
    });

    test("given 200 MB of output, when it runs, then head and tail are kept and it ends by itself", async () => {
      const { run } = given();
      const line = "echo first; yes 0123456789abcdef | head -c 200000000; echo; echo last; exit 4";
      const result = await run(line);
      expect(result).toMatchObject({ outcome: "exited", exitCode: 4, truncated: true });
      expect(result.output).toMatch(/^first\n/);
      expect(result.output).toMatch(/\nlast\n$/);
      expect(result.output.length).toBeLessThan(100_200);
    });
  });

  describe(`${name}: ends`, () => {
    const sleeper = () => `sleep 3${randomInt(1e9)}`;
    const left = (sleep: string) => processesWith(sleep.replace(" ", "\0"));
    const tree = (sleep: string) =>
      `trap '' TERM; ${sleep} & (setsid ${sleep} &); setsid nohup ${sleep} >/dev/null 2>&1 & touch begun; ${sleep}`;

    test("given a command that takes too long, when its time is over, then its whole tree is", async () => {
      const sleep = sleeper();
      const result = await given().run(tree(sleep), { timeoutMs: 1500 });
      expect(result).toMatchObject({ outcome: "timed-out", exitCode: null });
      expect(left(sleep)).toEqual([]);
    });

    test("given a command that says it is fine as it is ended, then it is still timed out", async () => {
      const line = "trap 'exit 0' TERM; while :; do sleep 0.05; done";
      expect(await given().run(line, { timeoutMs: 500 })).toMatchObject({
        outcome: "timed-out",
        exitCode: null,
      });
    });

    test("given a command, when it is cancelled, then its whole tree is over", async () => {
      const sleep = sleeper();
      const { checkout, run } = given();
      const controller = new AbortController();
      const running = run(tree(sleep), { signal: controller.signal });
      await expect.poll(() => existsSync(join(checkout, "begun")), { timeout: 20_000 }).toBe(true);
      controller.abort();
      expect(await running).toMatchObject({ outcome: "cancelled", exitCode: null });
      expect(left(sleep)).toEqual([]);
    });

    test("given a signal that was given before, when it runs, then it is cancelled", async () => {
      const result = await given().run("sleep 300", { signal: AbortSignal.abort() });
      expect(result).toMatchObject({ outcome: "cancelled", exitCode: null });
    });

    test("given a command that leaves processes behind, when it ends, then they do, and write nothing more", async () => {
      const sleep = sleeper();
      const { checkout, run } = given();
      const writer = `while :; do echo x >> late; sleep 0.01; done`;
      const result = await run(
        `(setsid bash -c "${writer}" &); ${sleep} & setsid ${sleep} & sleep 0.2; echo done`,
      );
      expect(result).toMatchObject(exited(0, "done\n"));
      expect(left(sleep)).toEqual([]);
      const written = readFileSync(join(checkout, "late"), "utf8");
      expect(written).not.toBe("");
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(readFileSync(join(checkout, "late"), "utf8")).toBe(written);
    });

    test("given a command, when it is killed from outside, then it has errored", async () => {
      const sleep = sleeper();
      const { checkout, run } = given();
      const running = run(`touch begun; ${sleep}`);
      await expect.poll(() => existsSync(join(checkout, "begun")), { timeout: 20_000 }).toBe(true);
      const outermost = Math.min(...processesWith(checkout));
      process.kill(outermost, "SIGKILL");
      expect(await running).toMatchObject({
        outcome: "errored",
        exitCode: null,
        problem: expect.stringContaining("ended from outside"),
      });
      expect(left(sleep)).toEqual([]);
    });

    test("given a sandbox that cannot be set up, when it runs, then it has errored, whatever its exit code", async () => {
      const { root, run } = given();
      const result = await run("exit 0", { temporaryDirectory: join(root, "missing") });
      expect(result).toMatchObject({ outcome: "errored", exitCode: null });
      expect(result.problem).toContain("could not be set up");
      expect(result.problem).toContain("missing");
    });
  });

  describe(`${name}: network`, () => {
    test("given a service on the host's loopback, when a command calls it, then it is not reached", async () => {
      const server = await listen({ port: 0, host: "127.0.0.1" });
      const { port } = server.address() as AddressInfo;
      const call = `(exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3)`;
      const { run } = given();
      const closed = await run(call);
      expect(closed.exitCode).toBe(1);
      expect(closed.output).toMatch(/refused/i);
      expect(await run(call, { network: "full" })).toMatchObject(exited(0, "reached"));
    });

    test("given an address outside, when a command calls it, then there is no way, for names either", async () => {
      const { run } = given();
      for (const protocol of ["tcp", "udp"]) {
        const result = await run(`(exec 3<>/dev/${protocol}/192.0.2.1/53)`);
        expect(result.exitCode).toBe(1);
        expect(result.output).toMatch(/unreachable/i);
      }
      expect(await run("getent hosts example.org")).toMatchObject({ exitCode: 2 });
    });

    test("given a service of the host at a path, when it lies in a denied folder, then it is not reached", async () => {
      const { root, run } = given();
      const folder = join(root, "sockets");
      mkdirSync(folder);
      await listen({ path: join(folder, "s") });
      const line = `'${process.execPath}' -e 'require("net").connect("${folder}/s").pipe(process.stdout)'`;
      const result = await run(line, { denied: [folder] });
      expect(result.exitCode).toBe(1);
      expect(result.output).toMatch(/EACCES|ENOENT|EPERM/);
    });

    test.each(["none", "full"] as const)(
      "given a service of the host at a path, when nobody denied it and the network is %s, then it is not reached",
      async (network) => {
        const { root, run } = given();
        await listen({ path: join(root, "s") });
        const line = `'${process.execPath}' -e 'require("net").connect("${root}/s").pipe(process.stdout)'`;
        const result = await run(line, { network });
        expect(result.output).not.toContain("reached");
        expect(result).toMatchObject({ exitCode: 1, output: expect.stringMatching(/EACCES|ENOENT|EPERM/) });
      },
    );

    test.each([
      ["127.0.0.1", '{ port: 4000, host: "127.0.0.1" }'],
      ["::1", '{ port: 4000, host: "::1" }'],
      ["a unix socket in the checkout", '{ path: "own.socket" }'],
      ["a unix socket in the temporary folder", '{ path: process.env.TMPDIR + "/own.socket" }'],
    ])("given a command that serves on %s, when it calls itself, then that works", async (_what, where) => {
      expect(await given().run(nodeServes(where))).toMatchObject(exited(0, "served\n"));
    });

    test("given two commands at once, when both serve on one port, then neither sees the other", async () => {
      const line = nodeServes('{ port: 4000, host: "127.0.0.1" }');
      const results = await Promise.all([given().run(line), given().run(line)]);
      expect(results).toMatchObject([exited(0, "served\n"), exited(0, "served\n")]);
    });
  });

  describe(`${name}: files`, () => {
    test("given a command, when it writes, then that is in the checkout and the temporary folder alone", async () => {
      const { root, checkout, temporary, run } = given();
      mkdirSync(join(root, "sibling"));
      symlinkSync(root, join(checkout, "way-out"));
      const places = [
        "../outside",
        "../sibling/x",
        "way-out/x",
        "/var/tmp/x",
        "/etc/x",
        "/usr/bin/x",
        "~/../x",
        "/x",
      ];
      const tries = places.map((place) => `(echo x > ${place}) 2>/dev/null && echo wrote ${place}`);
      const line = ["echo in > inside", "echo tmp > /tmp/a", 'echo tmp > "$TMPDIR/b"', ...tries, "true"].join(
        "\n",
      );
      expect(await run(line)).toMatchObject(exited(0, ""));
      expect(readFileSync(join(checkout, "inside"), "utf8")).toBe("in\n");
      expect(readFileSync(join(temporary, "a"), "utf8")).toBe("tmp\n");
      expect(readFileSync(join(temporary, "b"), "utf8")).toBe("tmp\n");
      expect(readdirSync(root).toSorted()).toEqual(["checkout", "sibling", "temporary"]);
      expect(readdirSync(join(root, "sibling"))).toEqual([]);
    });

    test("given a command, when it links or renames its way out, then nothing outside changes", async () => {
      const { root, run } = given();
      writeFileSync(join(root, "precious"), "as it was");
      const line = [
        "ln ../precious hard && echo x > hard",
        "ln -s ../precious soft && echo x > soft",
        "mv ../precious . && echo moved",
        "rm ../precious",
        "chmod 777 ../precious",
        "exit 5",
      ].join("\n");
      expect(await run(line)).toMatchObject({ outcome: "exited", exitCode: 5 });
      expect(readFileSync(join(root, "precious"), "utf8")).toBe("as it was");
    });

    test("given denied files and folders, when a command reads them by any way, then it cannot", async () => {
      const { root, checkout, run } = given();
      const secret = join(root, "secret");
      mkdirSync(join(secret, "deep"), { recursive: true });
      writeFileSync(join(secret, "deep", "key"), "canary");
      writeFileSync(join(root, "token"), "canary");
      symlinkSync(secret, join(root, "link"));
      symlinkSync(join(secret, "deep", "key"), join(checkout, "soft"));
      const line = [
        `cat '${secret}/deep/key'`,
        "cat soft",
        "cat ../token",
        "cat ../link/deep/key",
        `cat /proc/self/root'${secret}'/deep/key`,
        "ls ../secret ../secret/deep",
        "cp -r ../secret copy; cat copy/*",
        `unshare -rm sh -c 'umount "${secret}"; cat "${secret}/deep/key"'`,
        "true",
      ].join("\n");
      const denied = [
        secret,
        join(secret, "deep"),
        join(root, "link"),
        join(root, "token"),
        join(root, "not-there"),
      ];
      const result = await run(line, { denied });
      expect(result).toMatchObject({ outcome: "exited", exitCode: 0 });
      expect(result.output).not.toContain("canary");
      expect(result.output).not.toContain("deep\n");
    });

    test("given the host's temporary folder, when a command lists /tmp, then it is a private one", async () => {
      const { temporary, run } = given();
      writeFileSync(join(temporary, "mine"), "");
      const result = await run("ls /tmp");
      expect(result.output.split("\n")).toContain("mine");
      expect(await run("ls /run")).toMatchObject({ exitCode: 2 });
    });
  });

  describe(`${name}: surroundings`, () => {
    test("given secrets in our environment, when a command looks, then it sees its own few and the given", async () => {
      process.env["PORTCULLIS_TEST_SECRET"] = "canary";
      onTestFinished(() => void delete process.env["PORTCULLIS_TEST_SECRET"]);
      const environment = { GIVEN: "it's $HOME", HOME: "/root" };
      const result = await given().run(
        "env -0 | cut -z -d= -f1 | sort -z | tr '\\0' ' '; echo; echo $HOME $GIVEN",
        {
          environment,
        },
      );
      const [names, values] = result.output.split("\n");
      expect(names?.trim().split(" ")).toEqual(
        ["CI", "CODEX_HOME", "GIVEN", "HOME", "LANG", "PATH", "PWD", "SHLVL", "TMPDIR", "_"].toSorted(),
      );
      expect(values).toBe("/tmp it's $HOME");
    });

    test("given other processes of the host, when a command looks, then it sees none and their secrets neither", async () => {
      const other = spawn("sleep", ["300"], { env: { ...process.env, SECRET: "canary" } });
      onTestFinished(() => void other.kill());
      const { run } = given();
      const result = await run(
        `cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n'; kill -0 ${process.pid}`,
      );
      expect(result.exitCode).toBe(1);
      expect(result.output).not.toContain("canary");
      expect(result.output).not.toContain("vitest");
    });

    test("given programs in the checkout that the PATH leads to, when it runs, then none runs outside", async () => {
      const { root, checkout, run } = given();
      const marker = join(root, "escaped");
      for (const program of ["prlimit", "bwrap", "codex", "bash", "env"]) {
        const text = `#!/bin/sh\necho $0 >> '${marker}'\n`;
        writeFileSync(join(checkout, program), text, { mode: 0o755 });
      }
      const environment = { PATH: `.:${checkout}:/usr/bin:/bin` };
      expect(await run("echo fine", { environment })).toMatchObject(exited(0, "fine\n"));
      expect(existsSync(marker)).toBe(false);
    });
  });
}
