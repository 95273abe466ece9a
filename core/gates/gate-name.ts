/** A gate's name, as verdicts and effects bear it: `scope`, `command:test`, `baseline:test`. */
export function gateName(kind: string, command: string | null): string {
  if (command === null) return kind;
  return `${kind === "commands" ? "command" : kind}:${command}`;
}
