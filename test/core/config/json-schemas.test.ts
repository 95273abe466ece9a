import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { jsonSchemas } from "../../../core/config/json-schemas.ts";
import { planExecuteVerify } from "../../../pipelines/plan-execute-verify.ts";

const folder = join(import.meta.dirname, "../../../schemas");
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));

test.each(Object.entries(jsonSchemas()))(
  "given %s, then it is what `npm run schemas` makes now",
  (name, schema) => {
    expect(readFileSync(join(folder, name), "utf8")).toBe(`${JSON.stringify(schema, null, 2)}\n`);
  },
);

test("given the published schema of pipelines, then it takes what is one and refuses what is none", () => {
  const schema = z.fromJSONSchema(read("pipeline.schema.json") as Parameters<typeof z.fromJSONSchema>[0]);
  const { limits: _limits, maxParallel: _one, ...short } = planExecuteVerify;
  const [plan] = short.stages;
  for (const good of [
    planExecuteVerify,
    short,
    { ...short, stages: [{ ...plan, gates: { none: "why" } }] },
  ]) {
    expect(schema.safeParse(good).success).toBe(true);
  }
  for (const gates of [[], "none", { none: "" }, [{ kind: "nothing" }], [{ kind: "human" }]]) {
    expect(schema.safeParse({ ...short, stages: [{ ...plan, gates }] }).success).toBe(false);
  }
});

test("given the published schema of portcullis.yaml, then a bare glob, a file and a pipeline itself are known to it", () => {
  const schema = z.fromJSONSchema(read("portcullis.schema.json") as Parameters<typeof z.fromJSONSchema>[0]);
  const { name: _name, ...body } = planExecuteVerify;
  const pipelines = { far: { file: "a.ts" }, near: body };
  const file = {
    commands: { test: "npm test" },
    protected: ["a/**", { glob: "b", mode: "open" }],
    pipelines,
  };
  expect(schema.safeParse(file).success).toBe(true);
  expect(schema.safeParse({ ...file, setpu: "x" }).success).toBe(false);
});
