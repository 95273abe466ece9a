import { userInfo } from "node:os";
import { createInterface } from "node:readline";
import type { HumanAnswer, HumanDesk, HumanQuestion } from "../index.ts";
import { firstLine, plain } from "./print.ts";

const shownChanges = 20;

/** Whether somebody sits there who can be asked. */
export function isAttended(json: boolean): boolean {
  const ci = process.env["CI"] ?? "";
  return !json && process.stdin.isTTY && process.stdout.isTTY && (ci === "" || ci === "false");
}

/** Asks on the terminal. `hold` keeps other output away until what it gives is called. */
export function terminalDesk(hold: () => () => void): HumanDesk {
  return {
    async ask(question) {
      const release = hold();
      try {
        return await ask(question);
      } finally {
        release();
      }
    },
  };
}

async function ask(question: HumanQuestion): Promise<HumanAnswer> {
  process.stdout.write(introduction(question));
  // The terminal itself edits the line, and makes Ctrl-C a signal, which ends the run in order.
  const lines = createInterface({ input: process.stdin, terminal: false });
  const read = lineReader(lines, question.signal);
  try {
    for (;;) {
      process.stdout.write("  yes or no? ");
      const line = await read();
      if (line === null) return { answer: "none", why: whyNone(question.signal) };
      const answer = answerOf(line);
      if (answer === null) continue;
      if (answer === "yes") return { answer, by: userInfo().username, comment: null };
      process.stdout.write("  what is wrong? (the worker is told; Enter leaves it out) ");
      const comment = plain((await read()) ?? "").trim();
      return { answer, by: userInfo().username, comment: comment === "" ? null : comment };
    }
  } finally {
    lines.close();
    // Else it would keep the process alive.
    process.stdin.unref();
  }
}

function introduction({ attemptId, question, base, changes, directory }: HumanQuestion): string {
  const shown = changes.slice(0, shownChanges).map(({ kind, path }) => `    ${kind} ${firstLine(path, 100)}`);
  const more = changes.length > shownChanges ? [`    and ${changes.length - shownChanges} more`] : [];
  return [
    "",
    `${attemptId} has passed its other gates; ${changes.length} changed:`,
    ...shown,
    ...more,
    `  see it: git -C ${directory} diff ${base.slice(0, 12)} HEAD`,
    `  ${plain(question)}`,
    "",
  ].join("\n");
}

function answerOf(line: string): "yes" | "no" | null {
  const word = line.trim().toLowerCase();
  if (word === "y" || word === "yes") return "yes";
  return word === "n" || word === "no" ? "no" : null;
}

/** One line after the other; null at the end of the input, or when the signal comes. */
function lineReader(
  lines: ReturnType<typeof createInterface>,
  signal: AbortSignal,
): () => Promise<string | null> {
  const read: string[] = [];
  let wake: (() => void) | null = null;
  let ended = signal.aborted;
  const end = (): void => {
    ended = true;
    wake?.();
  };
  lines.on("line", (line) => {
    read.push(line);
    wake?.();
  });
  lines.on("close", end);
  signal.addEventListener("abort", end, { once: true });
  return async () => {
    while (read.length === 0 && !ended) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return read.shift() ?? null;
  };
}

function whyNone(signal: AbortSignal): string {
  return signal.aborted ? "the run or the time to answer ended first" : "the input ended";
}
