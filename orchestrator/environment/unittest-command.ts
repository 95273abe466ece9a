/**
 * How unittest finds all of these test files. It looks for `test*.py` unless told a pattern, and walks into packages only:
 * a folder that is none is a start of its own. Before Python 3.12 a start without tests counts as passed.
 */
export function unittestCommand(
  python: string,
  tests: readonly string[],
  has: (path: string) => boolean,
): string {
  const starts = [...new Set(tests.map((path) => startOf(folderOf(path), has)))];
  const within = (start: string): string => (start === "" ? "" : `${start}/`);
  const commands = starts.map((start) => {
    const names = tests
      .filter((path) => startOf(folderOf(path), has) === start)
      .map((path) => path.split("/").at(-1));
    const top = has(`${within(start)}__init__.py`)
      ? ` -t ${folderOf(start) === "" ? "." : folderOf(start)}`
      : "";
    const at = start === "" ? "" : ` -s ${start}${top}`;
    return `${python} -m unittest discover${at}${patternFor(names)}`;
  });
  return commands.join(" && ");
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** The topmost package that the folder is part of, or the folder itself. */
function startOf(folder: string, has: (path: string) => boolean): string {
  let start = folder;
  for (let up = folder; up !== "" && has(`${up}/__init__.py`); up = folderOf(up)) start = up;
  return start;
}

function patternFor(names: readonly (string | undefined)[]): string {
  if (names.every((name) => name?.startsWith("test"))) return "";
  return names.some((name) => name?.startsWith("test")) ? " -p '*test*.py'" : " -p '*_test.py'";
}
