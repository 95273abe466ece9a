import { PortcullisError } from "../exit-codes.ts";

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds of `90m`, `12h`, `30d` or `2w`. Error: `cli.usage`. */
export function ageMs(given: string, option: string): number {
  const match = /^(\d{1,6})([mhdw])$/.exec(given);
  const unit = units[match?.[2] ?? ""];
  if (match !== null && unit !== undefined) return Number(match[1]) * unit;
  throw new PortcullisError({
    code: "cli.usage",
    kind: "usage",
    message: `expected an age such as 12h, 30d or 2w for ${option}, found '${given}'`,
    remedy: "give a number and m, h, d or w for minutes, hours, days or weeks",
  });
}
