/** Folders that belong to a run begin with its id (`perform/names.ts`, `run-folders.ts`). Null: they belong to none. */
export function runOfName(name: string): string | null {
  return /^([0-7][0-9a-hjkmnp-tv-z]{25})(?:-|$)/.exec(name)?.[1] ?? null;
}
