import type { HumanDesk } from "../core/ports/human-desk.ts";

/** Nobody is there to be asked. */
export const absentDesk: HumanDesk = {
  ask: () =>
    Promise.resolve({ answer: "none", why: "nobody is there to answer (no terminal, --json, or CI)" }),
};
