import { createCommandSandbox } from "../../codex/command-sandbox.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { commandSandboxContract } from "./command-sandbox.contract.ts";

commandSandboxContract("Codex's sandbox", () =>
  createCommandSandbox({ folder: scratchDirectory("sandbox") }),
);
