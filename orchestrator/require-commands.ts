import type { RepositoryConfig } from "../core/config/schema.ts";
import { PortcullisError } from "../core/errors.ts";
import { gatesOf, type Pipeline } from "../core/pipeline.ts";

/** A gate that names a command names one that there is. Error: `pipeline.unknown-command`. */
export function requireCommands({ name, stages }: Pipeline, { commands }: RepositoryConfig): void {
  const named = stages.flatMap((stage) =>
    gatesOf(stage).flatMap((gate) => (gate.kind === "baseline" ? gate.command : [])),
  );
  const unknown = named.find((command) => !Object.hasOwn(commands, command));
  if (unknown === undefined) return;
  throw new PortcullisError({
    code: "pipeline.unknown-command",
    kind: "usage",
    message: `pipeline '${name}' measures the command '${unknown}' against the base; there is ${Object.keys(commands).join(", ")}`,
    remedy: "name the command in portcullis.yaml at the base commit, or correct the pipeline's gate",
  });
}
