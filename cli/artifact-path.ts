import { posix } from "node:path";
import type { KeptArtifact } from "../look.ts";

const longestName = 200;

/**
 * Where each artifact goes, relative to a folder. Names come from agents: no result leaves the folder, goes into a `.git`,
 * or has a character that acts on a terminal. Where
 * a name has several contents, each path has the beginning of its digest. Pure.
 */
export function artifactPaths(artifacts: readonly KeptArtifact[]): ReadonlyMap<KeptArtifact, string> {
  const digests = new Map<string, Set<string>>();
  for (const { name, digest } of artifacts) {
    digests.set(name, (digests.get(name) ?? new Set()).add(digest));
  }
  const taken = new Set<string>();
  return new Map(
    artifacts.map((artifact) => {
      const { name, digest } = artifact;
      const path = name.split("/").map(safeName).join("/");
      const several = digests.get(name)?.size !== 1 || taken.has(path);
      const own = several ? withDigest(path, taken.has(path) ? digest : digest.slice(0, 12)) : path;
      taken.add(own);
      return [artifact, own];
    }),
  );
}

function withDigest(path: string, digest: string): string {
  const { dir, name, ext } = posix.parse(path);
  return posix.join(dir, `${name}.${digest}${ext}`);
}

function safeName(part: string): string {
  const escaped = part.replaceAll(/[%\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, escape);
  if (/^\.{0,2}$/.test(escaped) || escaped.toLowerCase() === ".git") return `%${escaped}`;
  return escaped.length <= longestName ? escaped : escaped.slice(0, longestName);
}

function escape(character: string): string {
  return `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, "0")}`;
}
