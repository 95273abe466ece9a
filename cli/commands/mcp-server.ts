import { PortcullisError } from "../../exit-codes.ts";
import type { CommandModule } from "../command.ts";

const defaultApprovalMinutes = "15";

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .option("--codex <path>", "the Codex to use (default: the bundled one)")
    .option(
      "--approval-timeout <minutes>",
      "how long the client may take over an approval; then it is denied",
      defaultApprovalMinutes,
    );
  run(async ({ logLevel }) => {
    const { codex, approvalTimeout } = command.opts<{ codex?: string; approvalTimeout: string }>();
    const approvalTimeoutMs = minutesOf(approvalTimeout) * 60_000;
    const { serveStdio } = await import("../../mcp-server.ts");
    const quiet = logLevel === "error" || logLevel === "warn";
    const exitCode = await serveStdio({
      environment: process.env,
      approvalTimeoutMs,
      log: (line) => quiet || process.stderr.write(`portcullis mcp-server: ${line}\n`),
      ...(codex === undefined ? {} : { path: codex }),
    });
    // Whoever still holds our stdin must not keep us.
    process.stdin.destroy();
    return exitCode;
  });
};

function minutesOf(given: string): number {
  const minutes = Number(given);
  if (Number.isFinite(minutes) && minutes > 0 && minutes <= 24 * 60) return minutes;
  throw new PortcullisError({
    code: "cli.usage",
    kind: "usage",
    message: `--approval-timeout: expected minutes, above 0 and up to 1440, found '${given.slice(0, 40)}'`,
    remedy: `leave it out for ${defaultApprovalMinutes}`,
  });
}
