import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { PortcullisError } from "../../core/errors.ts";
import { assertStateDirectory, defaultStateDirectory } from "../../core/state-directory.ts";
import { scratchDirectory } from "../support/scratch.ts";

const execute = promisify(execFile);

/** `code (kind)` of what is refused, or null. */
function refusal(directory: string, repositoryRoot?: string): string | null {
  try {
    assertStateDirectory(repositoryRoot === undefined ? { directory } : { directory, repositoryRoot });
    return null;
  } catch (error) {
    if (!(error instanceof PortcullisError)) throw error;
    return `${error.code} (${error.kind})`;
  }
}

test("given the environment, when no folder is named, then state goes where XDG says, else under home", () => {
  expect(defaultStateDirectory({ XDG_STATE_HOME: "/x", HOME: "/h" })).toBe("/x/portcullis");
  expect(defaultStateDirectory({ HOME: "/h" })).toBe("/h/.local/state/portcullis");
  expect(defaultStateDirectory({ XDG_STATE_HOME: "relative", HOME: "/h" })).toBe(
    "/h/.local/state/portcullis",
  );
  expect(defaultStateDirectory({ XDG_STATE_HOME: "", HOME: "" })).toBe(
    join(homedir(), ".local/state/portcullis"),
  );
});

test("given a repository, when the folder is in it, exists or not, linked or not, then it is refused", () => {
  const root = scratchDirectory("state");
  const repository = join(root, "repository");
  mkdirSync(join(repository, "inner"), { recursive: true });
  symlinkSync(repository, join(root, "link"));
  symlinkSync(join(repository, "inner"), join(root, "deep-link"));
  const inside = "state-directory.in-repository (usage)";
  expect(refusal(repository, repository)).toBe(inside);
  expect(refusal(join(repository, "inner"), repository)).toBe(inside);
  expect(refusal(join(repository, "a/b/c"), repository)).toBe(inside);
  expect(refusal(join(root, "link/a/b"), repository)).toBe(inside);
  expect(refusal(join(root, "deep-link/a"), repository)).toBe(inside);
  expect(refusal(join(repository, "a"), join(root, "link"))).toBe(inside);
  expect(refusal(join(root, "else/../repository/x"), repository)).toBe(inside);
  expect(refusal(relative(process.cwd(), join(repository, "x")), repository)).toBe(inside);
});

test("given a repository, when the folder is beside it, then it is taken and nothing is made", () => {
  const root = scratchDirectory("state");
  const repository = join(root, "repository");
  mkdirSync(repository);
  for (const name of ["repository-state", "..state", "a/b/c", "."]) {
    expect(refusal(join(root, name), repository)).toBeNull();
  }
  expect(refusal(join(root, "new"))).toBeNull();
  expect(readdirSync(root)).toEqual(["repository"]);
});

test("given the temporary folders, when the folder is under one, by name or by link, then it is refused", () => {
  const root = scratchDirectory("state");
  const temporary = mkdtempSync(join(tmpdir(), "portcullis-"));
  symlinkSync(temporary, join(root, "link"));
  const refused = "state-directory.temporary (usage)";
  for (const directory of [temporary, tmpdir(), "/tmp/x/y", "/var/tmp/x", join(root, "link/x")]) {
    expect(refusal(directory)).toBe(refused);
  }
  rmSync(temporary, { recursive: true });
});

test("given a file in the way, when the folder is it or under it, then it is refused", () => {
  const root = scratchDirectory("state");
  writeFileSync(join(root, "file"), "", { mode: 0o755 });
  expect(refusal(join(root, "file"))).toBe("state-directory.not-folder (usage)");
  expect(refusal(join(root, "file/a/b"))).toBe("state-directory.not-folder (usage)");
});

test("given a folder that may not be written, when it or one in it is asked for, then it is the environment's error", async () => {
  // Root may write everywhere: the check is made as an ordinary user.
  const program = `
    const { assertStateDirectory } = await import(process.argv[1]);
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
    for (const directory of ["/usr", "/usr/a/b"]) {
      try { assertStateDirectory({ directory }); console.log("taken"); }
      catch (error) { console.log(error.code, error.kind); }
    }`;
  const module = join(import.meta.dirname, "../../core/state-directory.ts");
  const { stdout } = await execute(process.execPath, ["--input-type=module", "-e", program, module]);
  const refused = "state-directory.unwritable environment\n";
  expect(stdout).toBe(refused + refused);
});
