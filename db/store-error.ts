import Database from "better-sqlite3";
import { PortcullisError } from "../core/errors.ts";

interface Meaning {
  code: string;
  found: string;
  remedy: string;
  retryable: boolean;
}

const meanings: readonly (readonly [prefix: string, meaning: Meaning])[] = [
  [
    "SQLITE_BUSY",
    {
      code: "store.busy",
      found: "another process is writing it",
      remedy: "wait until the other process is done, then try again",
      retryable: true,
    },
  ],
  [
    "SQLITE_FULL",
    {
      code: "store.full",
      found: "no room is left on its disk",
      remedy: "make room, then resume",
      retryable: true,
    },
  ],
  [
    "SQLITE_READONLY",
    {
      code: "store.read-only",
      found: "it can only be read",
      remedy: "make the state directory writable, or name another one with --state-dir",
      retryable: false,
    },
  ],
  [
    "SQLITE_CANTOPEN",
    {
      code: "store.unopenable",
      found: "it cannot be opened",
      remedy: "make the state directory readable and writable, or name another one with --state-dir",
      retryable: false,
    },
  ],
  [
    "SQLITE_IOERR",
    {
      code: "store.unreliable",
      found: "its disk failed",
      remedy: "check the disk and the room that is left on it, then resume",
      retryable: true,
    },
  ],
  ["SQLITE_NOTADB", damaged("it is no SQLite database")],
  ["SQLITE_CORRUPT", damaged("it is damaged")],
];

/** What SQLite throws for the machine's sake, in our words (kind environment). Anything else is returned as it is. */
export function asStoreError(thrown: unknown, file: string): unknown {
  if (!(thrown instanceof Database.SqliteError)) return thrown;
  const meaning = meanings.find(([prefix]) => thrown.code.startsWith(prefix))?.[1];
  if (meaning === undefined) return thrown;
  const { code, found, remedy, retryable } = meaning;
  const message = `expected a store that works at ${file}, found that ${found} (${thrown.code}: ${thrown.message})`;
  return new PortcullisError({ code, kind: "environment", message, remedy, retryable, cause: thrown });
}

/** Runs one operation on the store; what SQLite throws comes out as `asStoreError` says. */
export function onStore<T>(database: Database.Database, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw asStoreError(error, database.name);
  }
}

function damaged(found: string): Meaning {
  const remedy = "move the file away and keep it, or name another folder with --state-dir";
  return { code: "store.damaged", found, remedy, retryable: false };
}
