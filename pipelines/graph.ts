import { gateName } from "../core/gates/gate-name.ts";
import { isRubricReview } from "../core/gates/review.ts";
import { gatesOf, type GateSpec, type Pipeline, type StageSpec } from "../core/pipeline.ts";

/** The pipeline as a Mermaid flowchart: stages with their roles, their gates, what objections lead back to. Pure. */
export function renderGraph(pipeline: Pipeline): string {
  const { stages, limits } = pipeline;
  const lines = stages.flatMap((stage, index) => {
    const next = index + 1 < stages.length ? `stage${index + 1}` : "branch";
    return [
      `  stage${index}[${label(stage.name, stage.role === null ? stage.kind : `${stage.kind}, ${stage.role}`)}] --> gates${index}`,
      `  gates${index}{${label(...gateLines(stage))}}`,
      `  gates${index} -->|${label("passed")}| ${next}`,
      ...backEdges(stages, index, limits),
    ];
  });
  return [
    "flowchart TD",
    `  goal([${label("goal")}]) --> stage0`,
    ...lines,
    `  branch([${label("branch")}])`,
    "",
  ].join("\n");
}

function gateLines(stage: StageSpec): string[] {
  if ("none" in stage.gates) return ["no gates", stage.gates.none];
  return gatesOf(stage).map(describeGate);
}

/** A gate in few words. */
export function describeGate(gate: GateSpec): string {
  if (gate.kind === "commands") return gate.which === "all" ? "all commands" : "the task's commands";
  if (gate.kind === "human") return `human: ${gate.question}`;
  return isRubricReview(gate) ? `${gateName(gate, null)} by a second agent` : gateName(gate, null);
}

function backEdges(stages: readonly StageSpec[], index: number, limits: Pipeline["limits"]): string[] {
  const edges: string[] = [];
  // The same commit would be judged the same.
  if (limits.attempts > 1 && stages[index]?.kind !== "check") {
    edges.push(`  gates${index} -.->|${label(`objections, ${limits.attempts} attempts`)}| stage${index}`);
  }
  const fanOut = stages.slice(0, index).findLastIndex(({ kind }) => kind === "fan-out");
  if (stages[index]?.role === "verifier" && fanOut !== -1 && limits.reopenings > 0) {
    const times = limits.reopenings === 1 ? "once" : `${limits.reopenings} times`;
    edges.push(`  gates${index} -.->|${label(`rejected: tasks reopened, ${times}`)}| stage${fanOut}`);
  }
  return edges;
}

/** Quoted; whatever could end the quotes, or be read as markup, is an entity. */
function label(...lines: readonly string[]): string {
  return `"${lines.map(escaped).join("<br/>")}"`;
}

function escaped(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const short = line.length > 120 ? `${line.slice(0, 119)}…` : line;
  return short.replaceAll(/[^\p{L}\p{N} ,.:/_…-]/gu, (character) => `#${character.codePointAt(0)};`);
}
