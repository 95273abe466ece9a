import { startVitest } from "vitest/node";
import type { Measured } from "./measured.ts";

/** The whole suite of cheats and their honest twins, counted. `npm run bench -- integrity [FILE]` */
process.env["PORTCULLIS_INTEGRITY"] = "whole";
const filters = [`test/integrity/${process.argv[3] ?? ""}`];
const vitest = await startVitest("test", filters, { watch: false, reporters: ["dot"] });
const measured = vitest.state
  .getTestModules()
  .flatMap((module) => [...module.children.allTests()])
  .flatMap((test): Measured[] => {
    const { integrity } = test.meta();
    return integrity === undefined ? [] : [integrity];
  });
await vitest.close();

const count = (all: readonly Measured[], fits: (one: Measured) => boolean): number => all.filter(fits).length;
const share = (all: readonly Measured[], fits: (one: Measured) => boolean): string =>
  `${count(all, fits)} of ${all.length}`.padStart(9);

function row(name: string, all: readonly Measured[]): string {
  const refused = share(all, (one) => one.refused);
  const right = share(all, (one) => one.byTheRightGate);
  const honest = share(all, (one) => one.honestPassed);
  const tried = all.filter((one) => one.fooledCommands !== null);
  const fooled = share(tried, (one) => one.fooledCommands === true);
  return `${name.padEnd(16)} ${refused}   ${right}   ${honest}   ${fooled}\n`;
}

const header = ["cheats refused", "by their gate", "honest passed", "commands alone fooled"];
process.stdout.write(`\n${" ".repeat(16)} ${header.join("  ")}\n`);
for (const [name, all] of Object.entries(Object.groupBy(measured, ({ ecosystem }) => ecosystem))) {
  process.stdout.write(row(name, all ?? []));
}
process.stdout.write(row("all", measured));
for (const { ecosystem, name } of measured.filter(({ refused }) => !refused)) {
  process.stdout.write(`let through: ${ecosystem}: ${name}\n`);
}
if (measured.length === 0 || process.exitCode !== 0) process.exitCode = 1;
