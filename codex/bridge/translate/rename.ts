/** `inProgress` → `in_progress`: the app-server's names as the core's. */
export function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The same with every key renamed, at any depth; values of `keep` stay as they are. */
export function snakeKeys(value: unknown, keep: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => snakeKeys(item, keep));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]): [string, unknown] => [
      snake(key),
      keep.includes(key) ? member : snakeKeys(member, keep),
    ]),
  );
}
