import { existsSync, readFileSync } from "node:fs";

/** Two folders up in a checkout, three in `dist/`. */
function manifestUrl(): URL {
  const near = new URL("../../package.json", import.meta.url);
  return existsSync(near) ? near : new URL("../../../package.json", import.meta.url);
}

function manifest(): { version: string; exports: Record<string, unknown> } {
  return JSON.parse(readFileSync(manifestUrl(), "utf8")) as ReturnType<typeof manifest>;
}

export function ownVersion(): string {
  return manifest().version;
}

/** The file of `portcullis` or `portcullis/x`, of the Portcullis that runs; null for other specifiers. Throws for one that is not exported. */
export function ownModule(specifier: string): string | null {
  const [, subpath] = /^portcullis(?:\/(.+))?$/.exec(specifier) ?? [];
  if (specifier !== "portcullis" && subpath === undefined) return null;
  const known = Object.keys(manifest().exports);
  const key = subpath === undefined ? "." : `./${subpath}`;
  if (!known.includes(key)) {
    throw new Error(
      `portcullis exports no '${key}'; there is ${known.map((name) => `'${name}'`).join(", ")}`,
    );
  }
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`../../${subpath ?? "index"}.${extension}`, import.meta.url).href;
}
