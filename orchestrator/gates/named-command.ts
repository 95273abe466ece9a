import { PortcullisError } from "../../core/errors.ts";
import type { RunFacts } from "../state.ts";

/** The shell line of a command's name. Error: `command.unknown`. */
export function namedCommand({ config }: RunFacts, name: string): string {
  const command = Object.hasOwn(config.commands, name) ? config.commands[name] : undefined;
  if (command !== undefined) return command;
  throw new PortcullisError({
    code: "command.unknown",
    kind: "defect",
    message: `the configuration has no command '${name}'`,
    remedy: "report this: a plan or a pipeline that names it must not be accepted",
  });
}

export function networkOf({ config }: RunFacts, name: string): "none" | "full" {
  return config.network?.includes(name) === true ? "full" : "none";
}
