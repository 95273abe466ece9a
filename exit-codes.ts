/** Errors and exit codes, without anything heavy. */
export { exitCodes, messageOf, PortcullisError, type ExitCode } from "./core/errors.ts";
