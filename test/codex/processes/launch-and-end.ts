import { launch } from "../../../codex/launch.ts";

/** Starts a shell line as a family, says so, and ends as its input says. */
const child = await launch("/bin/sh", ["-c", process.argv[2] ?? ""], {
  env: { PATH: process.env["PATH"] ?? "" },
});
child.stdout.once("data", () => process.stdout.write(`${child.pid}\n`));
process.stdin.on("data", (word) => {
  if (String(word) === "exit") process.exit(3);
  if (String(word) === "throw") throw new Error("unexpected");
});
