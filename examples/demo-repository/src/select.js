import picomatch from "picomatch";

/** The paths that the patterns pick. */
export function select(paths, patterns) {
  return paths.filter((path) => picomatch.isMatch(path, patterns));
}
