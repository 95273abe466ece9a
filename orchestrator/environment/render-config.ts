import { stringify } from "yaml";
import type { Detected } from "./detect.ts";

/** A `portcullis.yaml` with what was detected, and a word on each member. */
export function renderConfig({ config, from }: Detected): string {
  const setup = config.setup === null ? "# setup: npm ci\n" : stringify({ setup: config.setup });
  return [
    `# What Portcullis needs to know about this repository (detected from ${from}).`,
    "# It is read at the base commit of a run: commit it.",
    "",
    "# Installs dependencies; the only thing that has the network. Kept by the digest of the lock files.",
    setup.trimEnd(),
    "",
    "# Commands that gates run on a clean checkout, without network. Plans name them.",
    stringify({ commands: config.commands }).trimEnd(),
    "",
    "# Names of commands that may use the network.",
    "# network: [e2e]",
    "",
    "# Paths that workers must leave alone, beyond the defaults (existing tests, lock files, CI, tool configuration).",
    "# protected:",
    "#   - docs/api.md",
    "#   - { glob: 'fixtures/**', mode: add-only }",
    "",
  ].join("\n");
}
