import type { Dice } from "./simulated-run.ts";

/** The same throws for the same seed. */
export function seededDice(seed: number, kindness: number): Dice {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >> 8) % limit;
  };
  return { below, kindness };
}
