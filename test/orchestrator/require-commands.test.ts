import { expect, test } from "vitest";
import { gatesOf, type Pipeline } from "../../core/pipeline.ts";
import { requireCommands } from "../../orchestrator/require-commands.ts";
import { planExecuteVerify } from "../../pipelines/plan-execute-verify.ts";

const config = { setup: null, commands: { test: "npm test", lint: "eslint" }, protected: [] };
const measuring = (command: string): Pipeline => ({
  ...planExecuteVerify,
  stages: planExecuteVerify.stages.map((stage) => ({
    ...stage,
    gates: [...gatesOf(stage), { kind: "baseline", command, expect: "no-worse" }],
  })),
});

test("given gates that name commands of the configuration, or none, then the pipeline is taken", () => {
  expect(() => requireCommands(planExecuteVerify, config)).not.toThrow();
  expect(() => requireCommands(measuring("lint"), config)).not.toThrow();
});

test.each(["e2e", "constructor"])(
  "given a gate that names '%s', then it is refused before the run",
  (command) => {
    expect(() => requireCommands(measuring(command), config)).toThrow(
      expect.objectContaining({ code: "pipeline.unknown-command", kind: "usage" }),
    );
  },
);
