import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { digestOf } from "../../core/digest.ts";
import { PortcullisError } from "../../core/errors.ts";
import type { CommandSandbox } from "../../core/ports/command-sandbox.ts";
import type { Checkout, Workspace } from "../../core/ports/workspace.ts";
import { everythingBut } from "../everything-but.ts";
import { runGit } from "../workspace/git.ts";
import { checkoutGit } from "../workspace/work-trees.ts";
import type { Environments } from "../surroundings.ts";
import { environmentKey } from "./environment-key.ts";
import { giveRoots } from "./give-roots.ts";
import { setupVariables, type Variables } from "./variables.ts";

const maxOutputBytes = 64 * 1024;
const manifestSchema = z.strictObject({ roots: z.array(z.string()) });
const nothing = { key: "none", roots: [] as string[] };

interface Parts {
  /** Environments are kept in it, by key. */
  stateDirectory: string;
  workspace: Workspace;
  sandbox: CommandSandbox;
  variables: Variables;
  denied: readonly string[];
}

/**
 * Environments: `setup` runs once for each key, in a clean checkout with network, and what it leaves untracked is kept and
 * copied into work trees and gate checkouts. Of the state folder it sees its checkout alone. Error: `environment.setup-failed`, with the last lines of its output.
 */
export function createEnvironments(parts: Parts): Environments {
  const directoryOf = (key: string): string => environmentAt(parts, key);
  return {
    directoryOf,
    async prepare({ commit, setup, timeoutMs, signal }) {
      if (setup === null) return { ...nothing, reused: true, durationMs: 0 };
      const started = performance.now();
      const key = await keyFor(parts, commit, setup);
      const kept = await readManifest(directoryOf(key));
      const roots = kept ?? (await install(parts, { key, commit, setup, timeoutMs, signal }));
      return { key, roots, reused: kept !== null, durationMs: Math.round(performance.now() - started) };
    },
    give: ({ key, roots }, checkout, signal) =>
      giveRoots(join(directoryOf(key), "files"), roots, checkout, signal),
  };
}

function environmentAt({ stateDirectory }: Parts, key: string): string {
  return join(stateDirectory, "environments", key);
}

/**
 * The key that the lock files give, unless what is kept under it would cover files of this commit: then one of the commit's
 * own, since a gate must judge the commit's files and no older ones.
 */
async function keyFor(parts: Parts, commit: string, setup: string): Promise<string> {
  const { workspace } = parts;
  const key = await environmentKey(workspace, commit, setup);
  const roots = await readManifest(environmentAt(parts, key));
  if (roots === null || roots.length === 0) return key;
  const paths = await workspace.listFiles(commit);
  const covers = roots.some((root) =>
    paths.some((path) => isSameOrBelow(path, root) || isSameOrBelow(root, path)),
  );
  return covers ? digestOf([key, commit]).slice(0, 32) : key;
}

function isSameOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

async function readManifest(directory: string): Promise<string[] | null> {
  const text = await readFile(join(directory, "environment.json"), "utf8").catch(() => null);
  return text === null ? null : manifestSchema.parse(JSON.parse(text)).roots;
}

interface Installation {
  key: string;
  commit: string;
  setup: string;
  timeoutMs: number;
  signal: AbortSignal;
}

async function install(parts: Parts, wanted: Installation): Promise<string[]> {
  const { workspace } = parts;
  const making = environmentAt(parts, `${wanted.key}.${randomUUID()}`);
  const checkout = await workspace.checkOut(`environment-${wanted.key}-${randomUUID()}`, wanted.commit);
  try {
    await mkdir(join(making, "files"), { recursive: true });
    await runSetup(parts, wanted, checkout, making);
    const roots = await whatSetupMade(checkout);
    for (const root of roots) {
      const target = join(making, "files", root);
      await mkdir(dirname(target), { recursive: true });
      await rename(join(checkout.directory, root), target);
    }
    await writeFile(join(making, "environment.json"), JSON.stringify({ roots }));
    // Another run may have been faster; what it made is the same.
    await rename(making, environmentAt(parts, wanted.key)).catch(() => undefined);
    return roots;
  } finally {
    await rm(making, { recursive: true, force: true });
    await workspace.removeCheckout(checkout.id);
  }
}

async function runSetup(
  parts: Parts,
  wanted: Installation,
  checkout: Checkout,
  making: string,
): Promise<void> {
  const temporaryDirectory = join(making, "temporary");
  await mkdir(temporaryDirectory);
  const kept = [checkout.directory, checkout.gitDirectory, temporaryDirectory];
  const result = await parts.sandbox.run({
    command: wanted.setup,
    directory: checkout.directory,
    temporaryDirectory,
    network: "full",
    environment: setupVariables(parts.variables, checkout.directory),
    denied: [...(await everythingBut(parts.stateDirectory, kept)), ...parts.denied],
    timeoutMs: wanted.timeoutMs,
    maxOutputBytes,
    signal: wanted.signal,
  });
  await rm(temporaryDirectory, { recursive: true, force: true });
  if (result.outcome === "exited" && result.exitCode === 0) return;
  const how =
    result.outcome === "exited" ? `exit code ${result.exitCode}` : (result.problem ?? result.outcome);
  const said = result.output.trim().split("\n").slice(-5).join(" | ");
  throw setupError(
    `setup '${wanted.setup}' failed (${how}): ${said}`,
    "make it work on a clean clone; it runs with network, without your HOME",
  );
}

/** Untracked and ignored paths, folders whole. */
async function whatSetupMade(checkout: Checkout): Promise<string[]> {
  const git = checkoutGit(checkout);
  const { stdout: changed } = await runGit(["status", "--porcelain", "--untracked-files=no"], git);
  const text = Buffer.from(changed).toString("utf8").trim();
  if (text !== "") {
    throw setupError(
      `setup changes files of the repository: ${text.split("\n").slice(0, 5).join(", ")}`,
      "use an installer that keeps to the lock file, e.g. npm ci",
    );
  }
  const { stdout } = await runGit(["ls-files", "--others", "--directory", "--no-empty-directory", "-z"], git);
  const paths = Buffer.from(stdout)
    .toString("utf8")
    .split("\0")
    .filter((path) => path !== "");
  return paths.map((path) => path.replace(/\/$/, "")).filter((path) => !path.startsWith(".git/"));
}

function setupError(message: string, remedy: string): PortcullisError {
  return new PortcullisError({ code: "environment.setup-failed", kind: "undecided", message, remedy });
}
