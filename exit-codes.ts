/** Errors and exit codes, without anything heavy. */
export { nearest } from "./core/nearest.ts";
export { exitCodes, messageOf, PortcullisError, type ExitCode } from "./core/errors.ts";
