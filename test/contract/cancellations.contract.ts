import { describe, expect, test } from "vitest";
import type { OpenStoreCase } from "./store-case.ts";

/** What every adapter of the `Cancellations` port keeps. */
export function cancellationsContract(name: string, open: OpenStoreCase): void {
  describe(`cancellations: ${name}`, () => {
    test("given no request, when one is looked for, then there is none", async () => {
      const { store } = await open();
      expect(await store.cancellations.find("r")).toBeNull();
    });

    test("given a request of one process, when another looks for it, then it says by whom and since when", async () => {
      const { store, second } = await open();
      await store.cancellations.request("r", "a");
      expect(await second.cancellations.find("r")).toEqual({ by: "a", time: "2026-01-01T00:00:00.000Z" });
      expect(await second.cancellations.find("other")).toBeNull();
    });

    test("given a request, when it is made again, then the first one counts", async () => {
      const { store, second, clock } = await open();
      await store.cancellations.request("r", "a");
      clock.time += 1000;
      await second.cancellations.request("r", "b");
      expect(await store.cancellations.find("r")).toEqual({ by: "a", time: "2026-01-01T00:00:00.000Z" });
    });
  });
}
