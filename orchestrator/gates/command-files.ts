import { posix } from "node:path";
import { simpleCommands } from "./simple-commands.ts";

const shell = /^(?:.*\/)?(?:(?:ba|da|k|z)?sh|source|\.)$/;
const interpreter = /^(?:.*\/)?(?:node|bun|deno|python[0-9.]*|ruby|perl|php)$/;
const packageRunner = /^(?:npm|pnpm|yarn|bun)$/;

/**
 * Paths that shell lines run as programs: a program itself, the script of a shell or an interpreter, and the same behind
 * `npm test` and its like. Who could change these could make the line say yes. Pure; relative to the root, no globs.
 */
export function commandFiles(
  lines: readonly string[],
  scripts: Readonly<Record<string, string>>,
): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const left = [...lines];
  for (let line = left.pop(); line !== undefined; line = left.pop()) {
    if (seen.has(line)) continue;
    seen.add(line);
    for (const words of simpleCommands(line)) {
      const { path, more } = programOf(words, scripts);
      if (path !== null) found.add(posix.normalize(path));
      left.push(...more);
    }
  }
  return [...found];
}

function programOf(
  [program = "", ...args]: readonly string[],
  scripts: Readonly<Record<string, string>>,
): { path: string | null; more: readonly string[] } {
  const [first = "", second = ""] = args;
  if (packageRunner.test(program)) {
    const name = first === "run" || first === "run-script" ? second : first === "t" ? "test" : first;
    const lines = [`pre${name}`, name, `post${name}`].map((key) =>
      Object.hasOwn(scripts, key) ? scripts[key] : undefined,
    );
    return { path: null, more: lines.filter((line) => line !== undefined) };
  }
  if (shell.test(program)) {
    const inline = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
    if (inline !== -1) return { path: null, more: args.slice(inline + 1, inline + 2) };
    return { path: args.find((arg) => !arg.startsWith("-")) ?? null, more: [] };
  }
  if (interpreter.test(program))
    return { path: first.startsWith("-") || first === "" ? null : first, more: [] };
  return { path: program.includes("/") ? program : null, more: [] };
}
