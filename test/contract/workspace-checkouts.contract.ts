import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Checkout, Workspace } from "../../core/ports/workspace.ts";
import { baseFiles, trailers, type Files, type WorkspaceCase } from "./workspace.contract.ts";

/** What every adapter of the `Workspace` port keeps of checkouts that are made ahead, or left. */
export function workspaceCheckoutsContract(
  name: string,
  open: (files: Files) => Promise<WorkspaceCase>,
): void {
  const start = () => open(baseFiles);
  const commit = (workspace: Workspace, checkout: Checkout, parent: string, ref = "refs/test/one") =>
    workspace.commit({ checkout, parent, message: "Work", trailers, leaveOut: [], ref });

  describe(`${name}: what a run leaves`, () => {
    test("given work that was salvaged, when more is done on it and committed on what it started from, then that is one commit", async () => {
      const { workspace, base } = await start();
      const first = await workspace.checkOut("one", base);
      writeFileSync(join(first.directory, "src/a.txt"), "begun\n");
      const salvaged = await commit(workspace, first, base, "refs/test/salvaged");
      const second = await workspace.checkOut("two", salvaged.commit);
      writeFileSync(join(second.directory, "src/a.txt"), "done\n");
      const made = await commit(workspace, second, base);
      expect(await workspace.changes(base, made.commit)).toMatchObject([
        { path: "src/a.txt", kind: "modified" },
      ]);
      const content = await workspace.readFile(made.commit, "src/a.txt", 1000);
      expect(Buffer.from(content ?? "").toString()).toBe("done\n");
      const merged = await workspace.merge({
        onto: base,
        commit: made.commit,
        message: "m",
        trailers,
        ref: "refs/test/m",
      });
      expect(merged).toEqual({ merged: made });
    });

    test("given checkouts of all kinds, when those of a prefix are listed, then it is these and no others", async () => {
      const { workspace, base } = await start();
      await workspace.checkOut("run-1", base);
      await workspace.makeAhead("run-ahead", base, new AbortController().signal);
      const half = await workspace.checkOut("run-half", base);
      rmSync(half.directory, { recursive: true });
      await workspace.checkOut("other-1", base);
      expect((await workspace.listCheckouts("run-")).toSorted()).toEqual(["run-1", "run-ahead", "run-half"]);
      for (const id of await workspace.listCheckouts("run-")) await workspace.removeCheckout(id);
      expect(await workspace.listCheckouts("")).toEqual(["other-1"]);
    });

    test("given a checkout, when it is looked into for work, then only what would be lost counts", async () => {
      const { workspace, base } = await start();
      const checkout = await workspace.checkOut("one", base);
      mkdirSync(join(checkout.directory, "deps"));
      writeFileSync(join(checkout.directory, "deps/x"), "x");
      expect(await workspace.hasUnsavedWork(checkout, ["deps"])).toBe(false);
      expect(await workspace.hasUnsavedWork(checkout, [])).toBe(true);
      writeFileSync(join(checkout.directory, "src/a.txt"), "edited\n");
      expect(await workspace.hasUnsavedWork(checkout, ["deps"])).toBe(true);
    });
  });

  describe(`${name}: checkouts made ahead`, () => {
    const never = new AbortController().signal;

    /** A base, one made ahead of it, and a candidate that swaps, links, renames and takes away. */
    const makeOne = async () => {
      const { workspace, base } = await start();
      const work = await workspace.checkOut("work", base);
      rmSync(join(work.directory, "src"), { recursive: true });
      writeFileSync(join(work.directory, "src"), "a file now\n");
      rmSync(join(work.directory, "README.md"));
      mkdirSync(join(work.directory, "README.md"));
      writeFileSync(join(work.directory, "README.md/new\nline"), "x\n");
      writeFileSync(join(work.directory, "run.sh"), "true\n");
      chmodSync(join(work.directory, "run.sh"), 0o755);
      symlinkSync("src", join(work.directory, "link"));
      const candidate = await commit(workspace, work, base);
      const ahead = await workspace.makeAhead("ahead", base, never);
      return { workspace, candidate: candidate.commit, ahead };
    };
    const contentOf = (directory: string) =>
      readdirSync(directory, { recursive: true })
        .map(String)
        .filter((path) => path !== ".git")
        .toSorted();

    test("given one of an older commit, when it is taken, then it is what a checkout of the candidate is", async () => {
      const { workspace, candidate, ahead } = await makeOne();
      mkdirSync(join(ahead.directory, "node_modules"));
      const taken = await workspace.takeAhead(ahead, {
        id: "gate",
        commit: candidate,
        beside: ["node_modules"],
      });
      expect(taken).not.toBeNull();
      rmSync(join(taken!.directory, "node_modules"), { recursive: true });
      const fresh = await workspace.checkOut("fresh", candidate);
      expect(contentOf(taken!.directory)).toEqual(contentOf(fresh.directory));
      expect(await workspace.findCheckout("gate")).toEqual(taken);
      expect((await commit(workspace, taken!, candidate, "refs/test/two")).commit).toBe(candidate);
      await (
        await workspace.discardCheckout("gate")
      ).removed;
      expect(await workspace.findCheckout("gate")).toBeNull();
    });

    test.each<[string, (directory: string) => void]>([
      ["a file that nobody knows", (directory) => writeFileSync(join(directory, "conftest.py"), "x")],
      [
        "an ignored file",
        (directory) => {
          writeFileSync(join(directory, ".gitignore"), "*\n");
          writeFileSync(join(directory, "ignored"), "x");
        },
      ],
      ["a file that was edited", (directory) => writeFileSync(join(directory, "src/b.txt"), "c\n")],
      ["a file that is missing", (directory) => rmSync(join(directory, "src/b.txt"))],
      ["a file that may be executed", (directory) => chmodSync(join(directory, "src/b.txt"), 0o755)],
    ])("given one with %s, when it is taken, then it is given to nobody and gone", async (_what, tamper) => {
      const { workspace, base } = await start();
      const ahead = await workspace.makeAhead("ahead", base, never);
      tamper(ahead.directory);
      expect(await workspace.takeAhead(ahead, { id: "gate", commit: base, beside: [] })).toBeNull();
      expect(() => readdirSync(ahead.directory)).toThrow("ENOENT");
      expect(await workspace.findCheckout("gate")).toBeNull();
    });

    test("given an abort, when one is made, then it rejects and nothing of it stays", async () => {
      const { workspace, base } = await start();
      await expect(workspace.makeAhead("ahead", base, AbortSignal.abort())).rejects.toThrow("abort");
      const ahead = await workspace.makeAhead("ahead", base, never);
      expect(contentOf(ahead.directory)).toContain("README.md");
    });
  });
}
