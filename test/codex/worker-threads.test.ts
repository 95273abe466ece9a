import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Step } from "../../replay/script.ts";
import { codexes, makePlaces, playWorker, takeTurn, usage, type Places } from "../support/codex-worker.ts";
import { git, writeFiles } from "../support/git-repository.ts";

const [native, bridged] = codexes;
const say = (user: string, text: string): Step => ({ expect: { user: [user] }, do: { say: text } });

describe("given a thread of an earlier worker, on app-server", () => {
  it("when another worker goes on with it, then it is one thread, and its usage is of its own turns", async () => {
    const second = { ...usage, inputTokens: 7, cachedInputTokens: 2 };
    const { turn, worker, another } = await playWorker({
      on: bridged,
      steps: () => [say("first", "one"), { ...say("second", "two"), usage: second }, say("third", "three")],
    });
    const first = await turn("first");
    expect(first).toMatchObject({ answer: "one", usage });
    await worker.end();
    const heir = await another({ threadId: first.threadId }, makePlaces());
    const { threadId } = first;
    expect(await takeTurn(heir, "second")).toEqual({ threadId, answer: "two", usage: second, failure: null });
    expect(await takeTurn(heir, "third")).toEqual({ threadId, answer: "three", usage, failure: null });
  });

  it("when that has other folders, then it is held by its own profile, and not by the first one's", async () => {
    const [mine, yours] = [makePlaces(), makePlaces()];
    const marker = join(yours.root, "ran");
    writeFiles(yours.workTree, {
      ".codex/config.toml": `[mcp_servers.evil]\ncommand = "touch"\nargs = ["${marker}"]\n`,
    });
    git(yours.workTree, "add", "--all");
    git(yours.workTree, "commit", "--quiet", "-m", "hostile");
    writeFileSync(join(yours.root, "script.sh"), looks(mine, yours));
    const { turn, worker, another } = await playWorker(
      {
        on: bridged,
        request: () => ({ access: "read-only" }),
        steps: () => [
          { do: { run: "touch inside" } },
          { expect: { exitCode: 1, output: ["Read-only"] }, do: { say: "one" } },
          { do: { run: "bash ../../script.sh > $TMPDIR/said 2>/dev/null; echo end" } },
          { expect: { output: ["end"] }, do: { say: "two" } },
        ],
      },
      mine,
    );
    const { threadId } = await turn();
    await worker.end();
    const heir = await another(
      { threadId, access: "write", environment: { PATH: "/usr/bin:/bin", GIVEN: "other" } },
      yours,
    );
    expect(await takeTurn(heir, "again")).toMatchObject({ threadId, answer: "two", failure: null });
    await heir.end();
    expect(readFileSync(join(yours.temporary, "said"), "utf8").trim().split("\n")).toEqual([
      `stands in ${yours.workTree}`,
      `HOME=${yours.temporary} GIVEN=other`,
      "reads what only the first was denied",
      `wrote ${yours.workTree}/x`,
      `wrote ${yours.temporary}/x`,
    ]);
    expect(readdirSync(yours.root)).not.toContain("ran");
  });

  it.each(["01a21082-e37b-73b3-ad9c-72f852516244", "no id at all"])(
    "when the thread '%s' is not there, then a fresh one is opened",
    async (unknown) => {
      const { turn, server } = await playWorker({
        on: bridged,
        request: () => ({ threadId: unknown }),
        steps: () => [say("first", "one"), say("second", "two")],
      });
      const first = await turn("first");
      expect(first).toMatchObject({ answer: "one", failure: null, usage });
      expect(first.threadId).toMatch(/^[0-9a-f-]{36}$/);
      expect(first.threadId).not.toBe(unknown);
      expect(await turn("second")).toMatchObject({ threadId: first.threadId, answer: "two" });
      expect(server.report().complete).toBe(true);
    },
  );
});

it("given a thread of an earlier worker, on mcp-server, which cannot go on with it, then a fresh one is opened", async () => {
  const { turn, worker, another } = await playWorker({
    on: native,
    steps: () => [say("first", "one"), say("second", "two")],
  });
  const { threadId } = await turn("first");
  await worker.end();
  const heir = await another({ threadId }, makePlaces());
  const second = await takeTurn(heir, "second");
  expect(second).toMatchObject({ answer: "two", failure: null, usage });
  expect(second.threadId).not.toBe(threadId);
});

/** What the second worker tries; each line that it prints is something that it could do. */
function looks(mine: Places, yours: Places): string {
  const places = [mine.workTree, mine.temporary, yours.workTree, yours.temporary, "/tmp"];
  return [
    "echo stands in $PWD",
    "echo HOME=$HOME GIVEN=$GIVEN",
    `grep -q canary ${mine.state}/db && echo reads what only the first was denied`,
    `grep -q canary ${yours.state}/db && echo reads what it is denied`,
    ...places.map((place) => `(echo x > ${place}/x) && echo wrote ${place}/x`),
  ].join("\n");
}
