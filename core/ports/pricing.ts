import type { Usage } from "../usage.ts";

export interface Pricing {
  /** US dollars, or null where the model's price is unknown: unknown is not zero. */
  price(model: string, usage: Usage): number | null;
}
