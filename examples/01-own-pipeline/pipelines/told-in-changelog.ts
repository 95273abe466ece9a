import type { CustomGate } from "portcullis";

/** What changes in `src/` is told at the end of the change log, and at least one test ran. */
const toldInChangelog: CustomGate = async ({ changes, readFile, runCommand }) => {
  if (!changes.some(({ path }) => path.startsWith("src/"))) return { verdict: "passed" };
  const [before, after] = await Promise.all([text(readFile, "base"), text(readFile, "candidate")]);
  if (!after.startsWith(before.trimEnd()) || after.trimEnd() === before.trimEnd()) {
    const message = "tell what you changed: add a line at the end of CHANGELOG.md and leave those before it";
    return { verdict: "failed", findings: [{ message, path: "CHANGELOG.md" }] };
  }
  const { exitCode, output } = await runCommand("test");
  if (exitCode === 0 && /^. tests [1-9]/m.test(output)) return { verdict: "passed" };
  return { verdict: "failed", findings: [{ message: "no test ran", excerpt: output.slice(-2000) }] };
};

async function text(
  readFile: Parameters<CustomGate>[0]["readFile"],
  at: "candidate" | "base",
): Promise<string> {
  return Buffer.from((await readFile("CHANGELOG.md", at)) ?? "").toString("utf8");
}

export default toldInChangelog;
