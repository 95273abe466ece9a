import { standardModules } from "./standard-modules.ts";

const pythonTest = /^(?:(.*)\/)?(?:test[^/]*|[^/]*_tests?)\.py$/;
const module = /^(.+?)(?:\/__init__)?(?:\.py|(?:\.[^/]*)?\.(?:so|pyd))$/;
/** Where an interpreter looks besides the folders of tests. */
const usual = ["", "src", "lib"];

/**
 * Of the paths that a change adds, those that Python would load before or in place of what the base has: a module of a test
 * module's name, the code of a folder of tests that had none, and a module of the standard library's name where the interpreter
 * looks first. Who adds one decides what the tests are. Pure.
 */
export function shadowingPaths(base: readonly string[], added: readonly string[]): readonly string[] {
  const tests = base.filter((path) => pythonTest.test(path));
  if (tests.length === 0) return [];
  const known = new Set(base);
  const testModules = new Set(tests.map((path) => path.slice(0, -".py".length)));
  const testFolders = new Set(tests.flatMap(foldersOf));
  const searched = new Set([...usual, ...tests.map((path) => searchedFolder(path, known))]);
  return added.filter((path) => {
    const [, name = ""] = module.exec(path) ?? [];
    const [folder, last] = splitLast(name);
    return (
      testFolders.has(name) || testModules.has(name) || (standardModules.has(last) && searched.has(folder))
    );
  });
}

function splitLast(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf("/");
  return [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
}

function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}

/** The lowest folder around a test that is no package: what runners put on the path. */
function searchedFolder(path: string, known: ReadonlySet<string>): string {
  const isPackage = (folder: string): boolean => known.has(`${folder}/__init__.py`);
  return foldersOf(path).findLast((folder) => !isPackage(folder)) ?? "";
}
