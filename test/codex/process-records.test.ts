import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { familyMark, markName } from "../../core/families.ts";
import { launch } from "../../codex/launch.ts";
import { lookForProcess, ownIdentity } from "../../codex/process-identity.ts";
import { openProcessRecord, readProcessRecords } from "../../codex/process-records.ts";
import { startTimeOf } from "../../codex/processes.ts";
import { inspectRecords, reap } from "../../codex/reap.ts";
import { scratchDirectory } from "../support/scratch.ts";

const id = "00000000-0000-4000-8000-000000000000";

function writeRecord(text: string): { state: string; path: string } {
  const state = scratchDirectory("state");
  const path = join(state, "processes", `${id}.jsonl`);
  mkdirSync(dirname(path));
  writeFileSync(path, text);
  return { state, path };
}

const lines = (...objects: readonly object[]): string =>
  objects.map((one) => `${JSON.stringify(one)}\n`).join("");
const dead = ownIdentity().replace(/^\d+\/\d+/, `${process.pid}/1`);
const ofLastBoot = ownIdentity().replace(/@.*$/, "@another-boot");

async function sleeper(env: Readonly<Record<string, string>> = {}) {
  const child = spawn("/bin/sleep", ["300"], { detached: true, env });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  const pid = child.pid ?? -1;
  return { pid, startTime: startTimeOf(pid), ended: () => startTimeOf(pid) === null };
}

describe("given a process that writes itself down", () => {
  it("when it starts families, then they are in its record with their start times, also those from before", async () => {
    const state = scratchDirectory("state");
    const env = { PATH: process.env["PATH"] ?? "" };
    const before = await launch("/bin/sleep", ["300"], { env });
    const record = openProcessRecord(state);
    record.addRun("run", "repository");
    const after = await launch("/bin/sleep", ["300"], { env, what: "a sleeper" });
    const [name = ""] = readdirSync(join(state, "processes"));
    // Its own is not among those of others; a copy under another name is.
    expect(readProcessRecords(state)).toEqual([]);
    const { state: copy } = writeRecord(readFileSync(join(state, "processes", name), "utf8"));
    const [read] = readProcessRecords(copy);
    expect(lookForProcess(read?.owner ?? "")).toBe("running");
    expect(read?.runs).toEqual([{ runId: "run", repositoryId: "repository" }]);
    expect(read?.families).toEqual([
      { pid: before.pid, startTime: before.startTime, what: "sleep 300" },
      { pid: after.pid, startTime: after.startTime, what: "a sleeper" },
    ]);
    await Promise.all([before.end(), after.end()]);
    record.close();
  });

  it("when all that use the record have closed it, then it is gone, with the folders made for it", () => {
    const state = join(scratchDirectory("home"), "state");
    const [first, second] = [openProcessRecord(state), openProcessRecord(state)];
    first.close();
    first.close();
    expect(readdirSync(join(state, "processes"))).toHaveLength(1);
    second.close();
    expect(existsSync(state)).toBe(false);
  });
});

describe("given a record of a dead process", () => {
  it("when it is reaped, then its families end by pid and start time, and whoever has its mark", async () => {
    const leader = await sleeper();
    const marked = await sleeper({ [markName]: `${id}.1` });
    const { pid, startTime } = leader;
    const { state, path } = writeRecord(
      `${lines({ owner: dead, since: 1 }, { pid, startTime, what: "x" })}{"pid":1,"sta`,
    );
    const { dead: found, living } = inspectRecords(state);
    expect(living).toEqual([]);
    expect(found[0]?.running).toEqual(
      expect.arrayContaining([
        { pid, what: "x" },
        { pid: marked.pid, what: "a process that it started" },
      ]),
    );
    await reap(found[0]!);
    expect([leader.ended(), marked.ended(), existsSync(path)]).toEqual([true, true, false]);
  });

  it.each([
    ["got the pid of its family later", dead, "1"],
    ["has the same pid and start time after another boot", ofLastBoot, null],
  ])("when a stranger %s, then reaping leaves it alone", async (_what, owner, startTime) => {
    const stranger = await sleeper(familyMark());
    const family = { pid: stranger.pid, startTime: startTime ?? stranger.startTime, what: "x" };
    const { state, path } = writeRecord(lines({ owner, since: 1 }, family));
    const [found] = inspectRecords(state).dead;
    expect(found?.running).toEqual([]);
    await reap(found!);
    expect([stranger.ended(), existsSync(path)]).toEqual([false, false]);
  });
});

it("given a record that does not say whose it is, then it is unknown while it may be at its beginning, and dead later", () => {
  const { state, path } = writeRecord('{"own');
  expect(inspectRecords(state)).toMatchObject({ dead: [], living: [{ state: "unknown" }] });
  utimesSync(path, 1, 1);
  expect(inspectRecords(state)).toMatchObject({ dead: [{ running: [] }], living: [] });
});
