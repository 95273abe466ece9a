import { stripVTControlCharacters } from "node:util";

/** How test runners that end with exit code 0 say how many tests they ran. */
const counts = [
  /^(?:ℹ|#) tests (\d+)$/gm, // node --test
  /^Ran (\d+) tests? in /gm, // unittest before Python 3.12
  /^running (\d+) tests?$/gm, // cargo test
  /^ {2}(\d+) passing \(/gm, // mocha
];
const none = /^(?:No test files found, exiting with code 0|No tests found, exiting with code 0)$/m;
/** What make says where it did nothing, as of a file that is called like the target. */
const madeNothing = /^make: (?:'.*' is up to date|Nothing to be done for '.*')\.$/m;
const goPackage = /^(ok|\?|---) .*$/gm;
const goNone = /\[no test(?: file)?s(?: to run)?\]$/;

/**
 * Whether an output that ended well says that no test was run at all. Pure. What it does not know says nothing: a
 * command need not be one of tests.
 */
export function ranNoTest(output: string): boolean {
  const text = stripVTControlCharacters(output).replaceAll("\r\n", "\n");
  const ran = counts.flatMap((pattern) => [...text.matchAll(pattern)].map(([, count]) => Number(count)));
  const packages = (text.match(goPackage) ?? []).filter((line) => line.includes("\t"));
  ran.push(...packages.map((line) => (goNone.test(line.trimEnd()) ? 0 : 1)));
  if (none.test(text) || madeNothing.test(text)) ran.push(0);
  return ran.length > 0 && ran.every((count) => count === 0);
}
