import { styleText } from "node:util";
import type { GlobalOptions } from "./command.ts";

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function printLine(line = ""): void {
  process.stdout.write(`${line}\n`);
}

export type Paint = (style: "green" | "red" | "yellow" | "dim" | "bold", text: string) => string;

/** Colour on a terminal alone, and not where NO_COLOR or --no-color says no. */
export function painter({ color }: GlobalOptions): Paint {
  const wanted = color && process.stdout.isTTY && !process.env["NO_COLOR"];
  return (style, text) => (wanted ? styleText(style, text, { validateStream: false }) : text);
}

/** One colour for each outcome, everywhere. */
export function paintOutcome(paint: Paint, outcome: string): string {
  if (outcome === "passed") return paint("green", outcome);
  if (outcome === "failed" || outcome === "errored") return paint("red", outcome);
  return paint("yellow", outcome);
}

/** What others wrote may hold control characters; on a terminal they would act. */
export function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

/** A name in one line: what could act or mislead on a terminal is written as an escape. */
export function plainName(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

export function firstLine(text: string, length = 80): string {
  const line = plain(text.split("\n", 1)[0] ?? "");
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** `1.2 MB`, by thousands. */
export function byteSize(bytes: number): string {
  const step = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const amount = bytes / 1000 ** step;
  return `${step === 0 ? amount : amount.toFixed(1)} ${["bytes", "kB", "MB", "GB", "TB"][step]}`;
}

/** `1 run`, `2 runs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
