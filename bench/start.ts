import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./median.ts";

const rounds = 31;
const limit = 3;
const bin = join(import.meta.dirname, "..", "bin", "portcullis.mjs");
const state = mkdtempSync(join(tmpdir(), "portcullis-bench-"));

/** Alternating, so that what disturbs the machine disturbs all of them. */
const cases: Readonly<Record<string, readonly string[]>> = {
  "node -e 0": ["-e", "0"],
  "portcullis --help": [bin, "--help"],
  "portcullis runs": [bin, "runs", "--state-dir", process.argv[3] ?? state],
};
const times = new Map(Object.keys(cases).map((name): [string, number[]] => [name, []]));
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, args] of Object.entries(cases)) {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, args, { stdio: "ignore" });
    if (status !== 0) throw new Error(`${name} ended with exit code ${status}`);
    // The first round fills the caches.
    if (round > 0) times.get(name)?.push(performance.now() - started);
  }
}
rmSync(state, { recursive: true });
const bare = median(times.get("node -e 0") ?? []);
for (const [name, measured] of times) {
  const ratio = median(measured) / bare;
  process.stdout.write(
    `${name.padEnd(20)} ${median(measured).toFixed(1).padStart(6)} ms   ${ratio.toFixed(2)} x\n`,
  );
  if (ratio > limit) process.exitCode = 1;
}
process.stdout.write(
  `limit ${limit} x, ${rounds} rounds each: ${process.exitCode === 1 ? "exceeded" : "kept"}\n`,
);
