/** Whether all of the suite is asked for (`npm run bench -- integrity`), or the third of it that `npm test` runs. */
export const whole = process.env["PORTCULLIS_INTEGRITY"] === "whole";

/** Every third, so that each neighbourhood has one. */
export function chosen<T>(all: readonly T[]): T[] {
  return all.filter((_one, index) => whole || index % 3 === 0);
}
