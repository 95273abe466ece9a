import { PortcullisError } from "../core/errors.ts";

/** `server.died`, with the last lines that the server wrote to stderr. */
export function serverDied(how: string, stderr: string): PortcullisError {
  const said = stderr === "" ? "" : `; it last said: ${stderr.split("\n").slice(-3).join(" | ")}`;
  return new PortcullisError({
    code: "server.died",
    kind: "undecided",
    message: `the server ended (${how})${said}`,
    remedy: "try again: a fresh server is started, and the thread can go on",
    retryable: true,
  });
}
