import type { NormalEvent, Session } from "./codex-mcp-session.ts";

/**
 * Where a session is not as another, one line for each place, as `exec_command_end.stdout: other value`, without positions
 * in lists. What the model was sent and gave (`raw_…`) and what was done with it are told by two parts of Codex that wait
 * for nobody, so each has its own order. Pure.
 */
export function differencesBetween(expected: Session, found: Session): readonly string[] {
  const isRaw = ({ type }: NormalEvent): boolean => type.startsWith("raw_");
  const channels = [isRaw, (event: NormalEvent): boolean => !isRaw(event)];
  const told = channels.flatMap((own) =>
    differencesInOrder(expected.events.filter(own), found.events.filter(own)),
  );
  const asked = compare("elicitation", expected.elicitations, found.elicitations);
  const started = compare("initialize", expected.initialized.result, found.initialized.result);
  const mistakes = compare("mistakes", expected.mistakes, found.mistakes);
  return [...new Set([...started, ...told, ...asked, ...mistakes])];
}

function differencesInOrder(expected: readonly NormalEvent[], found: readonly NormalEvent[]): string[] {
  const types = (events: readonly NormalEvent[]): string => events.map(({ type }) => type).join(" ");
  if (types(expected) !== types(found)) return [`order: ${types(found)} instead of ${types(expected)}`];
  return expected.flatMap((event, index) => compare(event.type, event, found[index]));
}

function compare(path: string, expected: unknown, found: unknown): string[] {
  if (expected === undefined) return [`${path}: new`];
  if (found === undefined) return [`${path}: missing`];
  if (isObject(expected) && isObject(found)) {
    const list = Array.isArray(expected) && Array.isArray(found);
    if (list && expected.length !== found.length) return [`${path}: other length`];
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    return keys.flatMap((key) =>
      compare(pathTo(path, key, list, expected), Reflect.get(expected, key), Reflect.get(found, key)),
    );
  }
  return Object.is(expected, found) ? [] : [`${path}: other value`];
}

/** With the kind of what is in `item`: a command's `stdout` is not a patch's. */
function pathTo(path: string, key: string, list: boolean, parent: object): string {
  if (list) return `${path}[]`;
  const member: unknown = Reflect.get(parent, key);
  const kind = key === "item" && isObject(member) ? `(${String(Reflect.get(member, "type"))})` : "";
  return `${path}.${key}${kind}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
