import { existsSync, readFileSync } from "node:fs";

/** From the package's own manifest: one folder up in a checkout, two in `dist/`. */
export function packageVersion(): string {
  const near = new URL("../package.json", import.meta.url);
  const manifest = existsSync(near) ? near : new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return version;
}
