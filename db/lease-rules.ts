import { isoTime } from "../core/clock.ts";
import { PortcullisError } from "../core/errors.ts";
import type { Fence } from "../core/ports/lease.ts";

/** A lease as a store keeps it; it stays when released, so that its token never starts again. */
export interface StoredLease {
  name: string;
  /** Null where it was released. */
  holder: string | null;
  token: number;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

type Found = StoredLease | null | undefined;

/** The lease after `holder` took it. A holder may take its own again, with a new token. Error: `lease.held`. */
export function takeLease(
  found: Found,
  wanted: { name: string; holder: string; ttlMs: number; from?: string },
  now: number,
): StoredLease {
  const { name, holder, ttlMs, from = holder } = wanted;
  if (found?.holder != null && ![holder, from].includes(found.holder) && found.expiresAt > now) {
    throw new PortcullisError({
      code: "lease.held",
      kind: "environment",
      message: `expected '${name}' to be free, found it held by ${found.holder} until ${isoTime(found.expiresAt)}`,
      remedy: "wait until that process is done, or end it",
      retryable: true,
    });
  }
  return { name, holder, token: (found?.token ?? 0) + 1, expiresAt: now + ttlMs };
}

/** Error: `lease.lost`, where another took it or it was released. One that ran out and that nobody took still counts. */
export function assertCurrent(found: Found, fence: Fence): asserts found is StoredLease {
  if (found?.token === fence.token && found.holder !== null) return;
  const holder =
    found?.holder == null ? "it held by nobody" : `${found.holder} holding it with token ${found.token}`;
  throw new PortcullisError({
    code: "lease.lost",
    kind: "undecided",
    message: `expected to hold '${fence.name}' with token ${fence.token}, found ${holder}`,
    remedy: "stop: another process goes on with this run",
  });
}

/** As `Lease.find` tells it. */
export function holderOf(found: Found): { holder: string; expiresAt: number } | null {
  return found?.holder == null ? null : { holder: found.holder, expiresAt: found.expiresAt };
}
