import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { RunView } from "../../look.ts";
import { scriptedSession, type ScriptedSession } from "../support/scripted-session.ts";
import { accept, done, git, plan, repositoryWith, script, task } from "../support/scripted.ts";

const files = {
  "src/a.txt": "a\n",
  "portcullis.yaml": "commands:\n  test: grep -q done src/a.txt && grep -q begun src/b.txt\n",
};
let session: ScriptedSession;

afterEach(() => session.close());

/** The first attempt writes a file and stalls; the second, in the same thread, finishes. */
const steps = script({
  "plan/plan#1": [plan(task())],
  "execute/work#1": [{ write: "src/b.txt", content: "begun\n" }, { stall: true }],
  "execute/work#2": [
    {
      expect: { user: ["Your working directory holds what the attempt before made."] },
      do: { run: "cat src/b.txt" },
    },
    { expect: { output: ["begun"] }, do: { write: "src/a.txt", content: "done\n" } },
    done(),
  ],
  "verify/verify#1": [accept],
});

type Kill = "SIGKILL" | "SIGINT";

/** Runs until the worker's first file is there and a second has passed, and ends it. */
async function runAndEnd(
  repository: string,
  signal: Kill,
  more: readonly string[] = [],
): Promise<number | null> {
  const { stateDirectory } = session;
  const ran = await session.run(["Do it", "--repo", repository, ...more], {
    onStart: (child) => {
      const timer = setInterval(() => {
        const begun = globSync(join(stateDirectory, "repositories/*/work-trees/*/src/b.txt"));
        if (!begun.some((path) => readFileSync(path, "utf8") === "begun\n")) return;
        clearInterval(timer);
        // The thread is in the log a second after it began.
        setTimeout(() => child.kill(signal), 1500);
      }, 50);
      child.once("close", () => clearInterval(timer));
    },
  });
  return ran.exitCode;
}

async function view(): Promise<RunView> {
  return JSON.parse((await session.call(["show", "latest", "--json"])).stdout) as RunView;
}

describe("given a run that was ended while its worker worked", () => {
  it.each(["SIGKILL", "SIGINT"] as const)(
    "when it was by %s and it is resumed, then it goes on in the same thread from what was done, and passes",
    async (signal) => {
      session = await scriptedSession(steps);
      const repository = repositoryWith(files);
      const ended = await runAndEnd(repository, signal);
      expect(ended).toBe(signal === "SIGINT" ? 130 : null);
      const resumed = await session.call(["resume", "latest"]);
      expect(resumed).toMatchObject({ exitCode: 0, stderr: "" });
      const { run, stages } = await view();
      expect(run.status).toBe("passed");
      const attempts = stages[1]?.tasks[0]?.attempts ?? [];
      expect(attempts.map(({ status }) => status)).toEqual(["interrupted", "passed"]);
      expect(attempts[0]?.threadId).not.toBeNull();
      expect(attempts[1]?.threadId).toBe(attempts[0]?.threadId);
      expect(session.report().problems).toEqual([]);
      expect(git(repository, "log", "--format=%s", `main..${run.branch}`)).toBe("Do the work");
      expect(git(repository, "show", `${run.branch}:src/b.txt`)).toBe("begun");
      expect(globSync(join(session.stateDirectory, "repositories/*/work-trees/*"))).toEqual([]);
      expect(await session.call(["audit"])).toMatchObject({ exitCode: 0 });
      const again = await session.call(["resume", "latest"]);
      expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("is over: it has passed") });
    },
  );

  it("when its base has moved, then it says so and goes on only where that is accepted", async () => {
    session = await scriptedSession(steps);
    const repository = repositoryWith(files);
    await runAndEnd(repository, "SIGKILL");
    git(
      repository,
      "-c",
      "user.name=T",
      "-c",
      "user.email=t@x",
      "commit",
      "--quiet",
      "--allow-empty",
      "-m",
      "later",
    );
    const refused = await session.call(["resume", "latest"]);
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/the base: main was at .* and is at/),
    });
    expect(await session.call(["resume", "latest", "--accept-changes"])).toMatchObject({ exitCode: 0 });
    const events = (await session.call(["events", "latest", "--json"])).stdout;
    expect(events).toContain('"accepted":["the base: main was at');
  });

  it("when it is cancelled, then it ends as cancelled with nothing left, and cannot be resumed", async () => {
    session = await scriptedSession(steps);
    await runAndEnd(repositoryWith(files), "SIGKILL");
    expect(await session.call(["cancel", "latest"])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^run \S+ is cancelled\n$/),
    });
    expect((await view()).run).toMatchObject({ status: "cancelled", reason: { code: "run.cancelled" } });
    expect(await session.call(["resume", "latest"])).toMatchObject({ exitCode: 2 });
    expect(await session.call(["cancel", "latest"])).toMatchObject({ exitCode: 2 });
  });
});

describe("given a run that somebody drives", () => {
  it("when another resumes it, then that is refused; when another cancels it, then it ends in order", async () => {
    session = await scriptedSession(steps);
    const repository = repositoryWith(files);
    const other: Promise<unknown>[] = [];
    let told = "";
    const ran = await session.run(["Do it", "--repo", repository], {
      onStdout: (soFar) => {
        if (other.length > 0 || !soFar.includes("execute/work#1")) return;
        const resume = session.call(["resume", "latest"]);
        const cancel = resume.then((refused) => {
          told = refused.stderr;
          expect(refused.exitCode).toBe(4);
          return session.call(["cancel", "latest"]);
        });
        other.push(cancel.then((result) => expect(result).toMatchObject({ exitCode: 0 })));
      },
    });
    await Promise.all(other);
    expect(told).toContain("to be free, found it held by");
    expect(ran.exitCode).toBe(1);
    expect((await view()).run).toMatchObject({ status: "cancelled" });
    expect(git(repository, "branch", "--list", "portcullis/*")).toBe("");
  });
});
