import { spawnSync } from "node:child_process";

/** Whether this machine has a program: toolchains that npm does not bring are tried where they are, and nowhere else. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0;
}
