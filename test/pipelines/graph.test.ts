import fc from "fast-check";
import { expect, test } from "vitest";
import { definePipeline } from "../../pipelines/define-pipeline.ts";
import { renderGraph } from "../../pipelines/graph.ts";
import { planExecuteVerify } from "../../pipelines/plan-execute-verify.ts";

test("given the built-in pipeline, then stages, roles, gates, and what leads back are drawn", () => {
  const graph = renderGraph(planExecuteVerify);
  expect(graph.split("\n")[0]).toBe("flowchart TD");
  for (const part of [
    'stage0["plan<br/>agent, planner"] --> gates0',
    'gates0{"handoff<br/>plan"}',
    'gates0 -->|"passed"| stage1',
    'stage1["execute<br/>fan-out, executor"] --> gates1',
    'gates1 -.->|"objections, 3 attempts"| stage1',
    'gates2 -.->|"rejected: tasks reopened, once"| stage1',
    'gates2 -->|"passed"| branch',
  ]) {
    expect(graph).toContain(`  ${part}\n`);
  }
});

test("given a review with a rubric, then it is drawn as a second agent's", () => {
  const gates = [{ kind: "review", rubric: "Is it\nshort?", name: "short" }] as const;
  const pipeline = definePipeline({
    name: "own",
    stages: [{ name: "plan", kind: "agent", role: "planner", gates: [...gates] }],
  });
  expect(renderGraph(pipeline)).toContain('gates0{"review:short by a second agent"}');
});

test("given one attempt and no reopening, then nothing leads back", () => {
  const limits = { ...planExecuteVerify.limits, attempts: 1, reopenings: 0 };
  expect(renderGraph({ ...planExecuteVerify, limits })).not.toContain("-.->");
});

test("given any question, then every line is of the flowchart's own form, its labels closed", () => {
  const line =
    /^ {2}(?:\w+(?:\[\(?|\(\[|\{)?"[^"<>{}[\]|`\\;]*(?:(?:<br\/>|#\d+;)[^"<>{}[\]|`\\;]*)*"(?:\)?\]|\}|\]\))?(?: --> \w+)?|\w+ -[-.]+>\|"[^"|<>]*"\| \w+|goal\(\["goal"\]\) --> stage0)$/;
  const nasty = fc.constantFrom(
    '"',
    "<",
    ">",
    "|",
    "]",
    "}",
    "`",
    "\n",
    "#",
    ";",
    "&",
    "end",
    "\\",
    "%%",
    "🎉",
    "é",
  );
  const text = fc.array(fc.oneof(nasty, fc.string({ maxLength: 5 })), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      text.map((parts) => parts.join("")).filter((question) => question.trim() !== ""),
      (question) => {
        const pipeline = definePipeline({
          name: "own",
          stages: [{ name: "plan", kind: "agent", role: "planner", gates: [{ kind: "human", question }] }],
        });
        for (const drawn of renderGraph(pipeline).trimEnd().split("\n").slice(1)) expect(drawn).toMatch(line);
      },
    ),
  );
});
