import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Checkout, Workspace } from "../../core/ports/workspace.ts";

export interface WorkspaceCase {
  workspace: Workspace;
  /** A commit of the user's repository that holds the files which were asked for, fetched already. */
  base: string;
}

export type Files = Readonly<Record<string, string>>;

export const baseFiles: Files = {
  "README.md": "hello\n",
  "src/a.txt": "one\ntwo\nthree\n",
  "src/b.txt": "b\n",
};
export const trailers = { "Portcullis-Run": "r1", "Portcullis-Task": "execute/t" };

/** What every adapter of the `Workspace` port keeps. */
export function workspaceContract(name: string, open: (files: Files) => Promise<WorkspaceCase>): void {
  const start = () => open(baseFiles);
  const commit = (workspace: Workspace, checkout: Checkout, parent: string, ref = "refs/test/one") =>
    workspace.commit({ checkout, parent, message: "Work", trailers, leaveOut: [], ref });

  describe(`${name}: checkouts`, () => {
    test("given a commit, when it is checked out, then the folder has exactly its files", async () => {
      const { workspace, base } = await start();
      const checkout = await workspace.checkOut("one", base);
      expect(readdirSync(checkout.directory).filter((entry) => entry !== ".git")).toEqual([
        "README.md",
        "src",
      ]);
      expect(readFileSync(join(checkout.directory, "src/b.txt"), "utf8")).toBe("b\n");
      expect(await workspace.findCheckout("one")).toEqual(checkout);
    });

    test("given a checkout with changes, when its id is checked out again, then it is clean", async () => {
      const { workspace, base } = await start();
      const { directory } = await workspace.checkOut("one", base);
      writeFileSync(join(directory, "left.txt"), "x");
      await workspace.checkOut("one", base);
      expect(readdirSync(directory)).not.toContain("left.txt");
    });

    test("given a checkout, when it is removed twice, then it is gone and nothing objects", async () => {
      const { workspace, base } = await start();
      await workspace.checkOut("one", base);
      await workspace.removeCheckout("one");
      await workspace.removeCheckout("one");
      expect(await workspace.findCheckout("one")).toBeNull();
    });

    test("given an id that is a path, when it is checked out, then that is a defect", async () => {
      const { workspace, base } = await start();
      await expect(workspace.checkOut("../outside", base)).rejects.toMatchObject({
        code: "work-tree.invalid-id",
      });
    });
  });

  describe(`${name}: added files`, () => {
    const change = async (workspace: Workspace, base: string, arrange: (directory: string) => void) => {
      const checkout = await workspace.checkOut("work", base);
      arrange(checkout.directory);
      return (await commit(workspace, checkout, base)).commit;
    };
    const request = (onto: string, from: string, paths: string[]) => ({
      onto,
      from,
      paths,
      message: "Added",
      ref: "refs/test/added",
    });

    test("given some files of another commit, when they are added, then these and no other change are there", async () => {
      const { workspace, base } = await start();
      const from = await change(workspace, base, (directory) => {
        mkdirSync(join(directory, "test"));
        writeFileSync(join(directory, "test/new.txt"), "new", { mode: 0o755 });
        writeFileSync(join(directory, "src/a.txt"), "changed");
        writeFileSync(join(directory, "other.txt"), "other");
      });
      const added = await workspace.addFiles(request(base, from, ["test/new.txt", "no/such.txt"]));
      expect(await workspace.changes(base, added.commit)).toEqual([
        { path: "test/new.txt", kind: "added", mode: "100755" },
      ]);
      expect(await workspace.resolveRef("refs/test/added")).toEqual(added);
    });

    test("given a link, when it is to be added, then it is passed over", async () => {
      const { workspace, base } = await start();
      const from = await change(workspace, base, (directory) => symlinkSync("/etc", join(directory, "link")));
      const { commit: made } = await workspace.addFiles(request(base, from, ["link"]));
      expect(await workspace.changes(base, made)).toEqual([]);
    });

    test("given a file below what is a file at the base, when it is added, then that is refused", async () => {
      const { workspace, base } = await start();
      const from = await change(workspace, base, (directory) => {
        rmSync(join(directory, "README.md"));
        mkdirSync(join(directory, "README.md"));
        writeFileSync(join(directory, "README.md/x"), "x");
      });
      await expect(workspace.addFiles(request(base, from, ["README.md/x"]))).rejects.toMatchObject({
        code: "files.in-the-way",
      });
    });
  });

  describe(`${name}: commits`, () => {
    test("given edits, additions and deletions, when they are committed, then the changes say so", async () => {
      const { workspace, base } = await start();
      const checkout = await workspace.checkOut("one", base);
      writeFileSync(join(checkout.directory, "src/a.txt"), "changed\n");
      writeFileSync(join(checkout.directory, "new.txt"), "new\n");
      rmSync(join(checkout.directory, "src/b.txt"));
      const made = await commit(workspace, checkout, base);
      expect(await workspace.changes(base, made.commit)).toEqual([
        { path: "new.txt", kind: "added", mode: "100644" },
        { path: "src/a.txt", kind: "modified", mode: "100644" },
        { path: "src/b.txt", kind: "deleted", mode: "100644" },
      ]);
      expect(await workspace.resolveRef("refs/test/one")).toEqual(made);
      expect(await workspace.treeOf(made.commit)).toBe(made.tree);
    });

    test("given nothing changed, when it is committed, then the parent is the commit and the ref keeps it", async () => {
      const { workspace, base } = await start();
      const made = await commit(workspace, await workspace.checkOut("one", base), base);
      expect(made).toEqual({ commit: base, tree: await workspace.treeOf(base) });
      expect(await workspace.resolveRef("refs/test/one")).toEqual(made);
    });

    test("given a parent other than what was checked out, when it is committed, then the tree is the work tree", async () => {
      const { workspace, base } = await start();
      const first = await workspace.checkOut("one", base);
      writeFileSync(join(first.directory, "only-in-parent.txt"), "x");
      const parent = await commit(workspace, first, base);
      const second = await workspace.checkOut("two", base);
      writeFileSync(join(second.directory, "new.txt"), "x");
      const made = await commit(workspace, second, parent.commit, "refs/test/two");
      expect(await workspace.listFiles(made.commit)).toEqual([
        "README.md",
        "new.txt",
        "src/a.txt",
        "src/b.txt",
      ]);
    });

    test("given paths to leave out, when it is committed, then they are left out even if .gitignore takes them in", async () => {
      const { workspace, base } = await start();
      const checkout = await workspace.checkOut("one", base);
      const leaveOut = ["node_modules", "odd [name]*", "src/made.txt"];
      mkdirSync(join(checkout.directory, "node_modules"));
      mkdirSync(join(checkout.directory, "odd [name]*"));
      for (const path of ["node_modules/x", "odd [name]*/x", "src/made.txt", "odd n", "kept.txt"]) {
        writeFileSync(join(checkout.directory, path), "x");
      }
      writeFileSync(join(checkout.directory, ".gitignore"), "!node_modules\n!*\n");
      const made = await workspace.commit({
        checkout,
        parent: base,
        message: "m",
        trailers,
        leaveOut,
        ref: "refs/test/one",
      });
      const added = (await workspace.changes(base, made.commit)).map(({ path }) => path);
      expect(added).toEqual([".gitignore", "kept.txt", "odd n"]);
    });

    test("given names with newlines, dashes and other letters, when they are committed, then changes names them", async () => {
      const { workspace, base } = await start();
      const checkout = await workspace.checkOut("one", base);
      const names = ["-n", "a\nb", "*", ":(top)x", "ünïcödé 漢字", 'quo"te\\'];
      for (const path of names) writeFileSync(join(checkout.directory, path), path);
      const made = await commit(workspace, checkout, base);
      const added = (await workspace.changes(base, made.commit)).map(({ path }) => path);
      expect(added.toSorted()).toEqual(names.toSorted());
      for (const path of names) {
        expect(
          new TextDecoder().decode((await workspace.readFile(made.commit, path, 100)) ?? undefined),
        ).toBe(path);
      }
    });

    test("given a link in place of a folder, when it is committed, then the link is in the commit, not what it leads to", async () => {
      const { workspace, base } = await start();
      const checkout = await workspace.checkOut("one", base);
      rmSync(join(checkout.directory, "src"), { recursive: true });
      symlinkSync("/etc", join(checkout.directory, "src"));
      const made = await commit(workspace, checkout, base);
      expect(await workspace.changes(base, made.commit)).toContainEqual({
        path: "src",
        kind: "added",
        mode: "120000",
      });
      expect(await workspace.readFile(made.commit, "src", 100)).toBeNull();
      expect(await workspace.readFile(made.commit, "src/hostname", 100)).toBeNull();
    });
  });

  describe(`${name}: measuring`, () => {
    test("given changes of every kind, when they are measured, then both sides have mode, size and content", async () => {
      const { workspace, base } = await start();
      const { directory, ...checkout } = await workspace.checkOut("one", base);
      writeFileSync(join(directory, "src/a.txt"), "one\n2\nthree\nfour\n");
      writeFileSync(join(directory, "-odd\nname\t1\t2"), "new\n");
      writeFileSync(join(directory, "x.bin"), Uint8Array.from([0, 10, 255]));
      chmodSync(join(directory, "README.md"), 0o755);
      rmSync(join(directory, "src/b.txt"));
      symlinkSync("a.txt", join(directory, "src/b.txt"));
      const made = await commit(workspace, { directory, ...checkout }, base);
      const measured = await workspace.measureChanges(base, made.commit);
      const shown = measured.map(({ path, kind, before, after, lines }) => {
        const side = (given: typeof before) => given && `${given.mode} ${given.bytes}`;
        return [path, kind, side(before), side(after), lines && `+${lines.added} -${lines.deleted}`];
      });
      expect(shown).toEqual([
        ["-odd\nname\t1\t2", "added", null, "100644 4", "+1 -0"],
        ["README.md", "modified", "100644 6", "100755 6", "+0 -0"],
        ["src/a.txt", "modified", "100644 14", "100644 17", "+2 -1"],
        ["src/b.txt", "type-changed", "100644 2", "120000 5", "+1 -1"],
        ["x.bin", "added", null, "100644 3", null],
      ]);
      const objects = measured.flatMap(({ before, after }) =>
        [before, after].flatMap((side) => side?.object ?? []),
      );
      const contents = await workspace.readObjects([...objects, ...objects], 1000);
      const content = (index: number) =>
        Buffer.from(contents.get(measured[index]?.after?.object ?? "") ?? []);
      expect(content(0).toString()).toBe("new\n");
      expect(content(3).toString()).toBe("a.txt");
      expect([...content(4)]).toEqual([0, 10, 255]);
      expect(Buffer.from(contents.get(measured[2]?.before?.object ?? "") ?? []).toString()).toBe(
        "one\ntwo\nthree\n",
      );
      await expect(workspace.readObjects(objects, 10)).rejects.toMatchObject({ code: "file.too-large" });
    });

    test("given a deletion and no change, when they are measured, then there is one side, and nothing", async () => {
      const { workspace, base } = await start();
      const checkout = await workspace.checkOut("one", base);
      rmSync(join(checkout.directory, "src/b.txt"));
      const made = await commit(workspace, checkout, base);
      expect(await workspace.measureChanges(base, made.commit)).toMatchObject([
        {
          path: "src/b.txt",
          kind: "deleted",
          before: { bytes: 2 },
          after: null,
          lines: { added: 0, deleted: 1 },
        },
      ]);
      expect(await workspace.measureChanges(base, base)).toEqual([]);
      expect((await workspace.readObjects([], 0)).size).toBe(0);
      await expect(workspace.readObjects(["f".repeat(40)], 10)).rejects.toThrow("does not know object");
    });
  });

  describe(`${name}: reading`, () => {
    test("given a commit, when files are read, then folders and what is missing are null and sizes are bounded", async () => {
      const { workspace, base } = await start();
      expect(new TextDecoder().decode((await workspace.readFile(base, "README.md", 6)) ?? undefined)).toBe(
        "hello\n",
      );
      for (const path of ["src", "src/", "nothing", "", ".", "../x", "READ*"]) {
        expect(await workspace.readFile(base, path, 100)).toBeNull();
      }
      await expect(workspace.readFile(base, "README.md", 5)).rejects.toMatchObject({
        code: "file.too-large",
      });
      expect(await workspace.listFiles(base)).toEqual(["README.md", "src/a.txt", "src/b.txt"]);
      expect(await workspace.resolveRef("refs/test/unknown")).toBeNull();
    });
  });

  describe(`${name}: merging`, () => {
    const change = async (workspace: Workspace, base: string, id: string, files: Files) => {
      const checkout = await workspace.checkOut(id, base);
      for (const [path, content] of Object.entries(files))
        writeFileSync(join(checkout.directory, path), content);
      return (await commit(workspace, checkout, base, `refs/test/${id}`)).commit;
    };
    const merge = (workspace: Workspace, onto: string, candidate: string) =>
      workspace.merge({ onto, commit: candidate, message: "Merge", trailers, ref: "refs/test/merged" });

    test("given an ancestor, when a commit is merged onto it, then it is moved forward without a new commit", async () => {
      const { workspace, base } = await start();
      const ahead = await change(workspace, base, "one", { "x.txt": "x" });
      const expected = { commit: ahead, tree: await workspace.treeOf(ahead) };
      expect(await merge(workspace, base, ahead)).toEqual({ merged: expected });
      expect(await merge(workspace, ahead, base)).toEqual({ merged: expected });
      expect(await workspace.resolveRef("refs/test/merged")).toEqual(expected);
    });

    test("given changes of different files, when they are merged, then both are in the tree", async () => {
      const { workspace, base } = await start();
      const left = await change(workspace, base, "left", { "left.txt": "l" });
      const right = await change(workspace, base, "right", { "right.txt": "r" });
      const outcome = await merge(workspace, left, right);
      const merged = "merged" in outcome ? outcome.merged : null;
      expect(await workspace.listFiles(merged?.commit ?? "")).toContain("left.txt");
      expect((await workspace.changes(left, merged?.commit ?? "")).map(({ path }) => path)).toEqual([
        "right.txt",
      ]);
      expect(await workspace.resolveRef("refs/test/merged")).toEqual(merged);
    });

    test("given changes of the same line, when they are merged, then the paths are named and nothing is kept", async () => {
      const { workspace, base } = await start();
      const left = await change(workspace, base, "left", { "src/a.txt": "left\n", "src/b.txt": "left\n" });
      const right = await change(workspace, base, "right", {
        "src/a.txt": "right\n",
        "src/b.txt": "right\n",
      });
      expect(await merge(workspace, left, right)).toEqual({ conflicts: ["src/a.txt", "src/b.txt"] });
      expect(await workspace.resolveRef("refs/test/merged")).toBeNull();
    });

    test("given a commit that is not there, when it is merged, then that is an error and no conflict", async () => {
      const { workspace, base } = await start();
      await expect(merge(workspace, base, "f".repeat(40))).rejects.toMatchObject({ code: "git.failed" });
    });
  });
}
