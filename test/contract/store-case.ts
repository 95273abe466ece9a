import { createRedactor } from "../../core/redaction.ts";
import type { Store } from "../../db/open-store.ts";

/** A secret that every store of these suites has to keep out. */
export const canary = "canary-5f2d8c71e0";

export const canaryRedactor = createRedactor([canary]);

/** A store and another handle on the same data, as a second process would have; time is the test's. */
export interface StoreCase {
  store: Store;
  second: Store;
  clock: { time: number };
}

export type OpenStoreCase = () => Promise<StoreCase>;
