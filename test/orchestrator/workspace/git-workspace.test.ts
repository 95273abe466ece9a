import { openGitPublisher } from "../../../orchestrator/workspace/git-publisher.ts";
import { openGitWorkspace } from "../../../orchestrator/workspace/git-workspace.ts";
import { openRepository } from "../../../orchestrator/workspace/repository.ts";
import { publisherContract } from "../../contract/publisher.contract.ts";
import { workspaceCheckoutsContract } from "../../contract/workspace-checkouts.contract.ts";
import { workspaceContract } from "../../contract/workspace.contract.ts";
import { commitFiles, makeRepository } from "../../support/git-repository.ts";
import { scratchDirectory } from "../../support/scratch.ts";

workspaceCheckoutsContract("git workspace", (files) => openCase(files));
workspaceContract("git workspace", (files) => openCase(files));
workspaceCheckoutsContract("git workspace on SHA-256", (files) => openCase(files, "--object-format=sha256"));
workspaceContract("git workspace on SHA-256", (files) => openCase(files, "--object-format=sha256"));

publisherContract("git publisher", async () => {
  const { root, commit: first } = makeRepository({ "a.txt": "a" });
  const second = commitFiles(root, { "b.txt": "b" });
  const repository = await openRepository(root);
  const stateDirectory = scratchDirectory("state");
  const workspace = await openGitWorkspace({ repository, stateDirectory });
  await workspace.fetch(second);
  return { publisher: await openGitPublisher({ repository, stateDirectory }), first, second };
});

async function openCase(files: Readonly<Record<string, string>>, ...initOptions: string[]) {
  const { root, commit } = makeRepository(files, ...initOptions);
  const repository = await openRepository(root);
  const workspace = await openGitWorkspace({ repository, stateDirectory: scratchDirectory("state") });
  await workspace.fetch(commit);
  return { workspace, base: commit };
}
