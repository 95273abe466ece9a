/** `ours`: the private clone. `user`: the user's repository, where the user's own configuration counts. */
export type GitOwner = "ours" | "user";

/** Stronger than any configuration of the repository. */
const safeSettings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.untrackedCache=false",
  "core.editor=false",
  "core.pager=cat",
  "core.sshCommand=false",
  "core.askPass=false",
  "core.alternateRefsCommand=true",
  "core.trustctime=true",
  "core.checkStat=default",
  "core.quotePath=false",
  "credential.helper=",
  "commit.gpgSign=false",
  "tag.gpgSign=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "fetch.recurseSubmodules=false",
  "fetch.writeCommitGraph=false",
  "submodule.recurse=false",
  "protocol.allow=never",
  "protocol.file.allow=always",
  "protocol.ext.allow=never",
];

const oursAlone = ["core.attributesFile=/dev/null", "core.autocrlf=false", "safe.directory=*"];

/** What stands before git's own arguments. */
export function gitArguments(owner: GitOwner): string[] {
  const settings = owner === "ours" ? [...safeSettings, ...oursAlone] : safeSettings;
  return ["--no-pager", ...settings.flatMap((setting) => ["-c", setting])];
}

/** The variables that git runs with: none of our own GIT_*, no prompts, plain messages, local transport alone. */
export function gitEnvironment(
  owner: GitOwner,
  processEnv: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept = Object.entries(processEnv).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !entry[0].startsWith("GIT_") && !entry[0].startsWith("LC_"),
  );
  const alone = owner === "ours" ? { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" } : {};
  return {
    ...Object.fromEntries(kept),
    ...alone,
    GIT_ALLOW_PROTOCOL: "file",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "false",
    SSH_ASKPASS: "false",
    GIT_EDITOR: "false",
    GIT_SEQUENCE_EDITOR: "false",
    GIT_PAGER: "cat",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    LC_ALL: "C",
  };
}
