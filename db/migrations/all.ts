import { events } from "./0001-events.ts";
import { leases } from "./0002-leases.ts";
import { cancellations } from "./0003-cancellations.ts";
import { erasures } from "./0004-erasures.ts";

/** In order; the number of the last one is the schema's version. */
export const migrations: readonly string[] = [events, leases, cancellations, erasures];
