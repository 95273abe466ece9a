import { resolve } from "node:path";
import { defaultStateDirectory } from "../store.ts";
import type { GlobalOptions } from "./command.ts";

export function stateDirectoryOf(options: GlobalOptions): string {
  return options.stateDir === undefined ? defaultStateDirectory(process.env) : resolve(options.stateDir);
}
