import { events } from "./0001-events.ts";
import { leases } from "./0002-leases.ts";
import { erasures } from "./0003-erasures.ts";

/** In order; the number of the last one is the schema's version. */
export const migrations: readonly string[] = [events, leases, erasures];
