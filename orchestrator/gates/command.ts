import { PortcullisError } from "../../core/errors.ts";
import { finding } from "../../core/finding.ts";
import { limits } from "../../core/limits.ts";
import type { CommandResult } from "../../core/ports/command-sandbox.ts";
import { everythingBut } from "../everything-but.ts";
import { checkoutId } from "../perform/names.ts";
import type { GateCase, GateOutcome } from "./gate.ts";
import { ranNoTest } from "./ran-no-test.ts";

/** A command of the configuration passes on a clean checkout of the candidate, where nothing has run before. */
export async function commandGate(current: GateCase): Promise<GateOutcome> {
  const { effect, facts, name, world } = current;
  const { commands } = facts.config;
  const named = effect.command ?? "";
  const command = Object.hasOwn(commands, named) ? commands[named] : undefined;
  if (command === undefined) throw unknownCommand(effect.command);
  const result = await runOnCleanCheckout(current, command);
  const { digest } = await world.artifacts.put(result.output, {
    runId: world.log.state.id,
    name: `evidence/${effect.id}.txt`,
    mediaType: "text/plain",
  });
  return {
    ...judgeResult(name, command, result, facts.pipeline.limits.commandTimeoutMs),
    command,
    evidence: digest,
  };
}

/** Runs a shell line in the sandbox, where nothing but `setup` has run before. */
export async function runOnCleanCheckout(
  { effect, facts, world }: GateCase,
  command: string,
): Promise<CommandResult> {
  const { workspace, environments, folders, sandbox, signal, log } = world;
  const environment = await environments.prepare({
    commit: effect.commit,
    setup: facts.config.setup,
    timeoutMs: facts.pipeline.limits.setupTimeoutMs,
    signal,
  });
  const checkout = await workspace.checkOut(checkoutId(log.state.id, `gate-${effect.id}`), effect.commit);
  const temporaryDirectory = await folders.makeTemporary(effect.id);
  try {
    await environments.give(environment, checkout);
    const original = environments.directoryOf(environment.key);
    const kept = [checkout.directory, checkout.gitDirectory, temporaryDirectory, original];
    return await sandbox.run({
      // Else `npm test | tee log` would pass whatever the tests say.
      command: `set -o pipefail\n${command}`,
      directory: checkout.directory,
      temporaryDirectory,
      network: "none",
      environment: world.commandEnvironment(checkout.directory),
      denied: [...(await everythingBut(folders.stateDirectory, kept)), ...world.denied],
      timeoutMs: facts.pipeline.limits.commandTimeoutMs,
      maxOutputBytes: limits.commandOutputBytes,
      signal,
    });
  } finally {
    await Promise.all([workspace.removeCheckout(checkout.id), folders.removeTemporary(temporaryDirectory)]);
  }
}

/** What a shell answers where it cannot find or run the program: the gate's tool is missing, nobody failed. */
const toolMissing = [126, 127];

function judgeResult(name: string, command: string, result: CommandResult, timeoutMs: number): GateOutcome {
  const { outcome, exitCode, output, problem, truncated } = result;
  const excerpt = lastLines(output);
  const object = (message: string) => [finding(name, message, { excerpt })];
  if (outcome === "exited" && exitCode === 0) {
    // Of an output that was cut, the counts may be what is missing.
    if (truncated || !ranNoTest(output)) return { verdict: "passed", findings: [], exitCode };
    return {
      verdict: "failed",
      exitCode,
      findings: object(`'${command}' ran no test, so it proves nothing`),
    };
  }
  if (outcome === "exited" && exitCode !== null && !toolMissing.includes(exitCode)) {
    return { verdict: "failed", exitCode, findings: object(`'${command}' ended with exit code ${exitCode}`) };
  }
  if (outcome === "timed-out") {
    return {
      verdict: "failed",
      exitCode,
      findings: object(`'${command}' was not done after ${timeoutMs} ms`),
    };
  }
  const why = problem ?? (outcome === "cancelled" ? "it was cancelled" : `exit code ${exitCode}`);
  return { verdict: "errored", exitCode, findings: object(`'${command}' could not run: ${why}`) };
}

/** The end of the output, where test runners say what was wrong. */
function lastLines(output: string): string | null {
  const text = output.trimEnd().split("\n").slice(-60).join("\n").slice(-limits.findingCharacters);
  return text === "" ? null : text;
}

function unknownCommand(command: string | null): PortcullisError {
  return new PortcullisError({
    code: "command.unknown",
    kind: "defect",
    message: `the configuration has no command '${command ?? ""}'`,
    remedy: "report this: a plan that names it must not be accepted",
  });
}
