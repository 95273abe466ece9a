/** How a prompt carries the schema of its answer, for a Codex that takes none. */
export function promptWithSchema(prompt: string, schema: unknown): string {
  return `${prompt}\n\nThe schema of your answer:\n${JSON.stringify(schema)}`;
}
