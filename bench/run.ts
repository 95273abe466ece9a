import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** `npm run bench -- NAME` runs bench/NAME.ts, which prints its figures and sets the exit code. */
const [name = ""] = process.argv.slice(2);
const file = join(import.meta.dirname, `${name}.ts`);
if (!/^[a-z-]+$/.test(name) || name === "run" || !existsSync(file)) {
  const known = readdirSync(import.meta.dirname).filter((entry) => /^(?!run|median|bare).*\.ts$/.test(entry));
  process.stderr.write(`expected one of: ${known.map((entry) => entry.slice(0, -3)).join(", ")}\n`);
  process.exitCode = 2;
} else {
  await import(file);
}
