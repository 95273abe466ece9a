import type { Database } from "better-sqlite3";
import type { Fence } from "../core/ports/lease.ts";
import { assertCurrent } from "./lease-rules.ts";
import { prepareFindLease } from "./find-lease.ts";

/** Refuses a fence that is not the current one; to be called inside the transaction that it guards. */
export function prepareFenceCheck(database: Database): (fence: Fence) => void {
  const find = prepareFindLease(database);
  return (fence) => assertCurrent(find(fence.name), fence);
}
