import { PortcullisError } from "../../core/errors.ts";
import type { CandidateCommit } from "../../core/ports/workspace.ts";
import { gitParts, gitText, runGit } from "./git.ts";
import { cloneGit, type PrivateClone } from "./private-clone.ts";

export async function resolveRef(clone: PrivateClone, ref: string): Promise<CandidateCommit | null> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  const { exitCode, stdout } = await runGit(args, { ...cloneGit(clone), answers: [1, 128] });
  if (exitCode !== 0) return null;
  const commit = new TextDecoder().decode(stdout).trim();
  return { commit, tree: await treeOf(clone, commit) };
}

export function treeOf(clone: PrivateClone, commit: string): Promise<string> {
  return gitText(["rev-parse", "--verify", "--end-of-options", `${commit}^{tree}`], cloneGit(clone));
}

export function listFiles(clone: PrivateClone, commit: string): Promise<string[]> {
  return gitParts(["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit], cloneGit(clone));
}

/** Null where the commit has no regular file of exactly that path. */
export async function readFileAt(
  clone: PrivateClone,
  commit: string,
  path: string,
  maxBytes: number,
): Promise<Uint8Array | null> {
  if (path.includes("\0") || path.split("/").some((part) => ["", ".", ".."].includes(part))) return null;
  const args = ["--literal-pathspecs", "ls-tree", "-z", "-l", "--full-tree", commit, "--", path];
  const [entry = "\t"] = await gitParts(args, cloneGit(clone));
  const tab = entry.indexOf("\t");
  const [mode = "", , object = "", size = "0"] = entry.slice(0, tab).split(/ +/);
  if (!mode.startsWith("100") || entry.slice(tab + 1) !== path) return null;
  if (Number(size) > maxBytes) throw tooLarge(path, Number(size), maxBytes);
  const { stdout } = await runGit(["cat-file", "blob", object], {
    ...cloneGit(clone),
    maxOutputBytes: maxBytes + 1,
  });
  return stdout;
}

function tooLarge(path: string, bytes: number, maxBytes: number): PortcullisError {
  return new PortcullisError({
    code: "file.too-large",
    kind: "usage",
    message: `expected at most ${maxBytes} bytes in '${path}', found ${bytes}`,
    remedy: "make the file smaller or leave it out",
  });
}
