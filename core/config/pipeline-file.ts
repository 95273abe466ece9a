/** File names that a pipeline may have: data, or a module that exports it as its default. */
const data = /\.(?:ya?ml|json)$/;
const code = /\.(?:[cm]?ts|[cm]?js)$/;

export function isPipelineFile(path: string): boolean {
  return data.test(path) || code.test(path);
}

export function isCode(path: string): boolean {
  return code.test(path);
}
