import { PortcullisError } from "../core/errors.ts";
import { bestIssue } from "./best-issue.ts";
import { scriptSchema, type Script } from "./script.ts";

/** A script from a value. `placeOf` says where in `source` something stands, as `:LINE:COLUMN`. Error: `script.invalid`. */
export function checkScript(
  value: unknown,
  source: string,
  placeOf: (path: readonly PropertyKey[]) => string = () => "",
): Script {
  const parsed = scriptSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const { path, message } = issue === undefined ? { path: [], message: "invalid" } : bestIssue(issue);
  const where = path.length === 0 ? "the script" : path.map(String).join(" › ");
  throw invalidScript(`${source}${placeOf(path)}`, `${where}: ${message}`);
}

export function invalidScript(place: string, problem: string): PortcullisError {
  return new PortcullisError({
    code: "script.invalid",
    kind: "usage",
    message: `${place}: ${problem}`,
    remedy: "docs/scripts.md has the format, with an example",
  });
}
