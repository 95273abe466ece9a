import type { CandidateCommit, Trailers } from "../../core/ports/workspace.ts";
import { gitText, runGit } from "./git.ts";
import { cloneGit, type PrivateClone } from "./private-clone.ts";
import { treeOf } from "./read-objects.ts";

/** Whose name is on every commit of ours, whoever the machine belongs to. */
const identity = {
  GIT_AUTHOR_NAME: "Portcullis",
  GIT_AUTHOR_EMAIL: "portcullis@localhost",
  GIT_COMMITTER_NAME: "Portcullis",
  GIT_COMMITTER_EMAIL: "portcullis@localhost",
};

export async function commitTree(
  clone: PrivateClone,
  request: { tree: string; parents: readonly string[]; message: string; trailers: Trailers; ref: string },
): Promise<CandidateCommit> {
  const { tree, parents, message, trailers, ref } = request;
  const options = cloneGit(clone);
  const commit = await gitText(
    ["commit-tree", "--no-gpg-sign", tree, ...parents.flatMap((parent) => ["-p", parent]), "-F", "-"],
    {
      ...options,
      environment: { ...options.environment, ...identity },
      input: messageWithTrailers(message, trailers),
    },
  );
  return keepUnder(clone, ref, commit);
}

/** A ref keeps the commit from being swept, and is how it is found again. */
export async function keepUnder(clone: PrivateClone, ref: string, commit: string): Promise<CandidateCommit> {
  const options = cloneGit(clone);
  await runGit(["update-ref", "--no-deref", ref, commit], {
    ...options,
    environment: { ...options.environment, ...identity },
  });
  return { commit, tree: await treeOf(clone, commit) };
}

/** No value, whoever chose it, can add a line that looks like a trailer. */
function messageWithTrailers(message: string, trailers: Trailers): string {
  const [subject = "", ...body] = message.replaceAll("\0", "").trim().split("\n");
  const lines = Object.entries(trailers).map(([name, value]) => `${name}: ${oneLine(value)}`);
  const paragraphs = [oneLine(subject), body.join("\n").trim(), lines.join("\n")];
  return `${paragraphs.filter((paragraph) => paragraph !== "").join("\n\n")}\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\0\r\n]+/g, " ").trim();
}
