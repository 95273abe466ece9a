import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "../../core/digest.ts";
import { limits } from "../../core/limits.ts";
import type { HostPlace, HostRequest, LoadedFile } from "./messages.ts";
import { ownModule } from "./own-modules.ts";

/** Where an import stands that could not be resolved. */
export const placeKey = Symbol("place");

/** Every file that a pipeline's modules are made of, as it is imported. */
export interface ModuleGraph {
  files(): LoadedFile[];
  has(path: string): boolean;
}

/**
 * From now on records what is imported from `entries` on, and gives `portcullis` to it. What it runs is what was digested. Not
 * recorded: Node's own modules, and the Portcullis that runs with what it imports itself.
 */
export function recordModules(
  { root, confined, expected }: Pick<HostRequest, "root" | "confined" | "expected">,
  entries: ReadonlySet<string>,
): ModuleGraph {
  const sources = new Map<string, Uint8Array>();
  const digests = new Map<string, string>();
  const pathOf = (url: string): string => relative(root, fileURLToPath(url)).split(sep).join("/");

  const take = (url: string): void => {
    if (sources.has(url)) return;
    const path = pathOf(url);
    if (confined && path.startsWith("..")) {
      throw new Error(`'${fileURLToPath(url)}' is not in the repository at that commit`);
    }
    if (path.endsWith(".node")) throw new Error(`'${path}' is native code, which a pipeline may not load`);
    if (sources.size >= limits.pipelineFiles) {
      throw new Error(`a pipeline is made of at most ${limits.pipelineFiles} files`);
    }
    const source = readFileSync(fileURLToPath(url));
    const digest = sha256(source);
    if (expected !== null && expected[path] !== digest) {
      throw new Error(`'${path}' is not what it was when the run began`);
    }
    sources.set(url, source);
    digests.set(path, digest);
  };

  registerHooks({
    resolve(specifier, context, nextResolve) {
      const { parentURL } = context;
      const foreign = parentURL !== undefined && sources.has(parentURL);
      if (!foreign && !entries.has(specifier)) return nextResolve(specifier, context);
      try {
        const own = ownModule(specifier);
        if (own !== null) return { url: own, shortCircuit: true };
        const resolved = nextResolve(specifier, context);
        if (resolved.url.startsWith("file:")) take(plainUrl(resolved.url));
        return resolved;
      } catch (error) {
        const place = foreign ? importPlace(parentURL, sources.get(parentURL), specifier) : null;
        if (error instanceof Error && place !== null) Object.assign(error, { [placeKey]: place });
        throw error;
      }
    },
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const source = sources.get(plainUrl(url));
      return source === undefined ? loaded : { ...loaded, source };
    },
  });
  return {
    files: () => [...digests].map(([path, digest]) => ({ path, sha256: digest })),
    has: (path) => digests.has(relative(root, path).split(sep).join("/")),
  };
}

/** One file is one file, whatever `?query` it is imported by. */
function plainUrl(url: string): string {
  return url.replace(/[?#].*$/, "");
}

function importPlace(url: string, source: Uint8Array | undefined, specifier: string): HostPlace | null {
  const lines = Buffer.from(source ?? "")
    .toString("utf8")
    .split("\n");
  const index = lines.findIndex((line) => line.includes(`"${specifier}"`) || line.includes(`'${specifier}'`));
  const line = lines[index];
  if (line === undefined) return null;
  return { path: fileURLToPath(url), line: index + 1, column: line.indexOf(specifier) };
}
