import type { CustomCommandResult, CustomGateContext } from "../../core/custom-gate.ts";
import { PortcullisError } from "../../core/errors.ts";
import { finding } from "../../core/finding.ts";
import { limits } from "../../core/limits.ts";
import { specOf, type Gate, type GateCase } from "./gate.ts";
import { networkOf } from "./named-command.ts";
import { runCommand } from "./run-command.ts";

interface Ran extends Omit<CustomCommandResult, "output"> {
  name: string;
  /** Digest of the artifact that holds the output. */
  output: string;
  network: "none" | "full";
}

/** A function of the pipeline's own judges the candidate. Its code is what the pipeline's digest covers. */
export const customGate: Gate = async (current) => {
  const { effect, facts, world, name } = current;
  const gate = specOf(effect, "custom");
  const { source } = facts.pipeline;
  if (source === undefined || world.gateModules === null) {
    throw misplaced(`'${gate.module}' has no file that it could be read from`);
  }
  const timeoutMs = gate.timeoutMs ?? facts.pipeline.limits.commandTimeoutMs;
  const deadline = AbortSignal.any([world.signal, AbortSignal.timeout(timeoutMs)]);
  const ran: Ran[] = [];
  const context = await contextOf({ ...current, world: { ...world, signal: deadline } }, ran);
  const outcome = await world.gateModules.judge(gate, context, { timeoutMs });
  const record = {
    module: gate.module,
    export: gate.export ?? "default",
    pipeline: source.digest,
    outcome,
    ran,
  };
  const { digest } = await world.artifacts.put(`${JSON.stringify(record, null, 2)}\n`, {
    runId: world.log.state.id,
    name: `evidence/${effect.id}.json`,
    mediaType: "application/json",
  });
  if (outcome.verdict === "passed") return { verdict: "passed", findings: [], evidence: digest };
  const findings = outcome.findings.map(({ message, path, excerpt }) =>
    finding(name, message, { path: path ?? null, excerpt: excerpt ?? null }),
  );
  return { verdict: "failed", findings, evidence: digest };
};

async function contextOf(current: GateCase, ran: Ran[]): Promise<CustomGateContext> {
  const { effect, facts, task, world } = current;
  const { workspace, signal } = world;
  const commitOf = (at: "candidate" | "base" = "candidate"): string =>
    at === "base" ? effect.base : effect.commit;
  // One at a time, and numbered in the order they were asked for.
  let last: Promise<unknown> = Promise.resolve();
  return {
    base: effect.base,
    commit: effect.commit,
    tree: await workspace.treeOf(effect.commit),
    changes: await workspace.changes(effect.base, effect.commit),
    goal: facts.goal,
    task: task.spec,
    signal,
    readFile: (path, at) => workspace.readFile(commitOf(at), path, limits.artifactBytes),
    listFiles: (at) => workspace.listFiles(commitOf(at)),
    runCommand(name) {
      const next = last.then(() => runNamed(current, name, ran));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

async function runNamed(current: GateCase, name: string, ran: Ran[]): Promise<CustomCommandResult> {
  const { effect, facts } = current;
  const { commands } = facts.config;
  if (!Object.hasOwn(commands, name)) {
    throw new Error(`there is no command '${name}'; there is ${Object.keys(commands).join(", ")}`);
  }
  const id = `${effect.id}-${name}-${ran.length + 1}`;
  const run = await runCommand(current, { name, commit: effect.commit, id });
  const { outcome, exitCode, output, truncated, durationMs } = run;
  const judged = { outcome, exitCode, truncated, durationMs };
  ran.push({ name, ...judged, output: run.evidence, network: networkOf(facts, name) });
  return { ...judged, output };
}

function misplaced(message: string): PortcullisError {
  return new PortcullisError({
    code: "gate.misplaced",
    kind: "defect",
    message,
    remedy: "report this with the run's events",
  });
}
