import { limits } from "../../core/limits.ts";
import type { CommandResult } from "../../core/ports/command-sandbox.ts";
import type { Checkout } from "../../core/ports/workspace.ts";
import { everythingBut } from "../everything-but.ts";
import { runsAfter } from "../gate-plan.ts";
import { checkoutId } from "../perform/names.ts";
import type { GateCase } from "./gate.ts";
import { namedCommand, networkOf } from "./named-command.ts";
import { packageScripts } from "./package-scripts.ts";
import { namedRunners } from "./test-counts/named-runners.ts";
import { readTests, type TestReading } from "./test-counts/read-tests.ts";

/** One run of a command on a commit, with what its test runner said. */
export interface CommandRun extends CommandResult {
  tests: TestReading;
  /** Digest of the output. */
  evidence: string;
}

/** Runs a command of the configuration on a clean checkout of a commit, where nothing has run before, and keeps its output. */
export async function runCommand(
  current: GateCase,
  { name, commit, id }: { name: string; commit: string; id: string },
): Promise<CommandRun> {
  const { effect, facts, world } = current;
  const command = namedCommand(facts, name);
  const { checkout, ...result } = await runOnCleanCheckout(current, { name, command, commit, id });
  const { digest } = await world.artifacts.put(result.output, {
    runId: world.log.state.id,
    name: `evidence/${id}.txt`,
    mediaType: "text/plain",
  });
  // As the base reads them: a candidate that changes its scripts would choose its own reader.
  const runners = namedRunners(command, await packageScripts(world.workspace, effect.base));
  // The checkout is gone, and the next one has another name: paths of the repository are what says something.
  const output = result.output.replaceAll(`${checkout}/`, "");
  return { ...result, output, tests: readTests(output, runners), evidence: digest };
}

async function runOnCleanCheckout(
  current: GateCase,
  request: { name: string; command: string; commit: string; id: string },
): Promise<CommandResult & { checkout: string }> {
  const { facts, world } = current;
  const { checkouts, environments, folders, signal, log } = world;
  const { commit, id } = request;
  const environment = await environments.prepare({
    commit,
    setup: facts.config.setup,
    timeoutMs: facts.pipeline.limits.setupTimeoutMs,
    signal,
  });
  const checkout = await checkouts.take(checkoutId(log.state.id, `gate-${id}`), commit, environment);
  const temporaryDirectory = await folders.makeTemporary(id);
  try {
    checkouts.expect({ count: runsAfter(current), commit, environment });
    const original = environments.directoryOf(environment.key);
    const place = { checkout, temporaryDirectory, original };
    return { ...(await runIn(place, current, request)), checkout: checkout.directory };
  } finally {
    await Promise.all([checkouts.discard(checkout), folders.removeTemporary(temporaryDirectory)]);
  }
}

async function runIn(
  place: { checkout: Checkout; temporaryDirectory: string; original: string },
  { facts, world }: GateCase,
  { name, command }: { name: string; command: string },
): Promise<CommandResult> {
  const { checkout, temporaryDirectory, original } = place;
  const { folders, sandbox, signal } = world;
  const kept = [checkout.directory, checkout.gitDirectory, temporaryDirectory, original];
  return sandbox.run({
    // Else `npm test | tee log` would pass whatever the tests say.
    command: `set -o pipefail\n${command}`,
    directory: checkout.directory,
    temporaryDirectory,
    network: networkOf(facts, name),
    environment: world.commandEnvironment(checkout.directory),
    denied: [...(await everythingBut(folders.stateDirectory, kept)), ...world.denied],
    timeoutMs: facts.pipeline.limits.commandTimeoutMs,
    maxOutputBytes: limits.commandOutputBytes,
    signal,
  });
}
