import { PortcullisError } from "../../core/errors.ts";
import { gitText } from "./git.ts";

/** `git merge-tree --write-tree` came with 2.38. */
const needed = { major: 2, minor: 38 };

/** What git says of itself. Errors of kind environment: `git.missing`, `git.too-old`. */
export async function requireGitVersion(): Promise<string> {
  const text = await gitText(["--version"], { owner: "ours", directory: "/" });
  const match = /(\d+)\.(\d+)/.exec(text);
  const [major, minor] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  if (major > needed.major || (major === needed.major && minor >= needed.minor)) return text;
  throw new PortcullisError({
    code: "git.too-old",
    kind: "environment",
    message: `expected git ${needed.major}.${needed.minor} or later, found '${text}'`,
    remedy: "install a newer git and put it first on the PATH",
  });
}
