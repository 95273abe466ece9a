import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { scratchDirectory } from "./scratch.ts";

/** Plain git as a user has it, without the user's own configuration. */
export function git(directory: string, ...args: string[]): string {
  return execFileSync("git", args, {
    cwd: directory,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Somebody",
      GIT_AUTHOR_EMAIL: "somebody@example.org",
      GIT_COMMITTER_NAME: "Somebody",
      GIT_COMMITTER_EMAIL: "somebody@example.org",
      LC_ALL: "C",
    },
  }).trimEnd();
}

export function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

/** A repository with one commit on `main` that holds these files. */
export function makeRepository(
  files: Readonly<Record<string, string>>,
  ...initOptions: string[]
): { root: string; commit: string } {
  const root = join(scratchDirectory("repository"), "project");
  mkdirSync(root);
  git(root, "init", "--quiet", "--initial-branch=main", ...initOptions);
  return { root, commit: commitFiles(root, files) };
}

export function commitFiles(root: string, files: Readonly<Record<string, string>>): string {
  writeFiles(root, files);
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--allow-empty", "-m", "files");
  return git(root, "rev-parse", "HEAD");
}

/** A program that leaves a line in `marker` whenever it runs, and passes its input on. */
export function plantProgram(path: string, marker: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "$0" >> '${marker}'\nexec cat\n`);
  chmodSync(path, 0o755);
}
