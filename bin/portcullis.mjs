#!/usr/bin/env node
// Plain JavaScript, so that it starts at once: the cache keeps what TypeScript and V8 would do again at each start.
import { existsSync } from "node:fs";
// Not by name: an older Node has no such export and would not even start.
import module from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `portcullis: expected Node 22.18 or newer, found ${process.versions.node}\n` +
      `  → install a newer Node, or use the one that npm ci brought: ${root}node_modules/.bin/node ${root}bin/portcullis.mjs\n`,
  );
  process.exit(4);
}
module.enableCompileCache();
const source = new URL("../cli/main.ts", import.meta.url);
const entry = existsSync(source) ? source : new URL("../dist/cli/main.js", import.meta.url);
const { main } = await import(entry.href);
process.exitCode = await main(process.argv.slice(2));
