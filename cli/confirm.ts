import { createInterface } from "node:readline";
import { PortcullisError } from "../exit-codes.ts";
import { isAttended } from "./human-desk.ts";

/** Asks on the terminal; where nobody sits there, --yes must have been given. Error: `cli.usage`. */
export async function confirm(
  question: string,
  { yes, json }: { yes: boolean; json: boolean },
): Promise<boolean> {
  if (yes) return true;
  if (!isAttended(json)) {
    const message = `expected a yes to '${question}', found nobody to ask`;
    throw new PortcullisError({ code: "cli.usage", kind: "usage", message, remedy: "say so with --yes" });
  }
  process.stdout.write(`${question} yes or no? `);
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    const answer = await new Promise<string>((resolve) => {
      lines.once("line", resolve);
      lines.once("close", () => resolve("no"));
    });
    return ["y", "yes"].includes(answer.trim().toLowerCase());
  } finally {
    lines.close();
    process.stdin.unref();
  }
}
