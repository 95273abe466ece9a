import { exitCodes } from "../exit-codes.ts";

const readerGone = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);
let goesOn = false;

/** For commands that act: who reads has no say in what they come to, nor in their exit code. */
export function goOnWithoutReader(): void {
  goesOn = true;
}

/** `portcullis runs | head` is no failure. */
export function onLostOutput(error: NodeJS.ErrnoException): void {
  if (!readerGone.has(error.code ?? "")) throw error;
  if (!goesOn) process.exit(exitCodes.passed);
}
