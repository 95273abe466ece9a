import { describe, expect, test } from "vitest";
import { stageStarted } from "../support/new-events.ts";
import type { OpenStoreCase } from "./store-case.ts";

const a = { holder: "a", ttlMs: 1000 };
const b = { holder: "b", ttlMs: 1000 };

/** What every adapter of the `Lease` port keeps, and `EventLog.append` with a fence. */
export function leaseContract(name: string, open: OpenStoreCase): void {
  describe(`lease: ${name}`, () => {
    test("given a lease that is held, when another takes it, then it is refused with holder and expiry", async () => {
      const { store, second } = await open();
      await store.lease.acquire("run", a);
      await expect(second.lease.acquire("run", b)).rejects.toMatchObject({
        code: "lease.held",
        kind: "environment",
        message: expect.stringContaining("held by a until 2026-01-01T00:00:01.000Z"),
      });
      expect(await second.lease.acquire("other", b)).toMatchObject({ name: "other" });
    });

    test("given a lease that ran out, when another takes it, then its token is greater and the first is fenced off", async () => {
      const { store, second, clock } = await open();
      const stale = await store.lease.acquire("run", a);
      const request = { runId: "r1", expectedSequence: 0, events: [stageStarted("x")] };
      await store.events.append({ ...request, fence: stale });
      clock.time += 1000;
      const current = await second.lease.acquire("run", b);
      expect(current.token).toBeGreaterThan(stale.token);
      const late = { ...request, expectedSequence: 1 };
      await expect(store.events.append({ ...late, fence: stale })).rejects.toMatchObject({
        code: "lease.lost",
      });
      await expect(store.lease.renew(stale, { ttlMs: 1000 })).rejects.toMatchObject({ code: "lease.lost" });
      await store.lease.release(stale);
      await second.events.append({ ...late, fence: current });
      expect(await store.events.read("r1")).toHaveLength(2);
    });

    test("given a lease that is renewed, when its first time is over, then it is still held", async () => {
      const { store, second, clock } = await open();
      const fence = await store.lease.acquire("run", a);
      clock.time += 900;
      await store.lease.renew(fence, { ttlMs: 1000 });
      clock.time += 900;
      await expect(second.lease.acquire("run", b)).rejects.toMatchObject({ code: "lease.held" });
    });

    test("given a lease that ran out and that nobody took, when its holder appends, then it still may", async () => {
      const { store, clock } = await open();
      const fence = await store.lease.acquire("run", a);
      clock.time += 5000;
      await store.events.append({ runId: "r", expectedSequence: 0, events: [stageStarted("x")], fence });
      expect(await store.events.read("r")).toHaveLength(1);
    });

    test("given a lease that was released, when it is taken again, then tokens go on growing and the old one is refused", async () => {
      const { store, second } = await open();
      const first = await store.lease.acquire("run", a);
      await store.lease.release(first);
      await expect(store.lease.renew(first, { ttlMs: 1 })).rejects.toMatchObject({ code: "lease.lost" });
      const next = await second.lease.acquire("run", b);
      expect(next.token).toBeGreaterThan(first.token);
    });

    test("given a holder that is known to be gone, when another takes from it, then it gets the lease before it ran out, and from nobody else", async () => {
      const { store, second } = await open();
      const stale = await store.lease.acquire("run", a);
      expect(await second.lease.find("run")).toMatchObject({ holder: "a" });
      await expect(second.lease.acquire("run", { ...b, from: "c" })).rejects.toMatchObject({
        code: "lease.held",
      });
      const fence = await second.lease.acquire("run", { ...b, from: "a" });
      expect(fence.token).toBeGreaterThan(stale.token);
      expect(await store.lease.find("run")).toMatchObject({ holder: "b" });
      await second.lease.release(fence);
      expect(await store.lease.find("run")).toBeNull();
      expect(await store.lease.find("never")).toBeNull();
    });

    test("given a fence of a lease that was never taken, when it guards an append, then it is refused", async () => {
      const { store } = await open();
      const fence = { name: "never", token: 1 };
      const request = { runId: "r", expectedSequence: 0, events: [stageStarted("x")], fence };
      await expect(store.events.append(request)).rejects.toMatchObject({ code: "lease.lost" });
      expect(await store.events.read("r")).toEqual([]);
    });
  });
}
