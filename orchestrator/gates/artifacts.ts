import { sha256 } from "../../core/digest.ts";
import { PortcullisError } from "../../core/errors.ts";
import { finding, type Finding } from "../../core/finding.ts";
import { limits } from "../../core/limits.ts";
import { mediaTypeOf } from "../../core/media-type.ts";
import { parsePacket } from "../../handoffs/parse-packet.ts";
import type { Surroundings } from "../surroundings.ts";
import { verdictOf, type Gate, type GateCase } from "./gate.ts";

/** Every deliverable of the task is a file of the candidate, claimed with its digest; the content is kept. */
export const artifactsGate: Gate = async (current) => {
  const { attempt, task, name } = current;
  const parsed = parsePacket("work-report", attempt.turns.at(-1)?.answer ?? null);
  if (!parsed.ok) return verdictOf(parsed.problems.map((problem) => finding(name, problem)));
  const claims = new Map(parsed.packet.artifacts.map(({ path, sha256: digest }) => [path, digest]));
  const findings: Finding[] = [];
  for (const path of new Set([...(task.spec?.artifacts ?? []), ...claims.keys()])) {
    const problem = await problemWith(current, path, claims.get(path));
    if (problem !== null) findings.push(finding(name, problem, { path }));
  }
  return verdictOf(findings);
};

async function problemWith(
  { effect, world }: GateCase,
  path: string,
  claimed?: string,
): Promise<string | null> {
  const content = await readBounded(world, effect.commit, path);
  if (typeof content === "string") return content;
  if (content === null) return "expected this file in the work, found none (a link or a folder is none)";
  const digest = sha256(content);
  if (claimed === undefined) return `the report does not claim this artifact; its SHA-256 is ${digest}`;
  if (claimed !== digest) return `the report claims SHA-256 ${claimed}, the file has ${digest}`;
  await world.artifacts.put(content, {
    runId: world.log.state.id,
    name: path,
    mediaType: mediaTypeOf(path, content),
  });
  return null;
}

/** The problem as text where the file is too large: its worker can mend that. */
async function readBounded(
  { workspace }: Surroundings,
  commit: string,
  path: string,
): Promise<Uint8Array | string | null> {
  try {
    return await workspace.readFile(commit, path, limits.artifactBytes);
  } catch (error) {
    if (error instanceof PortcullisError && error.code === "file.too-large") return error.message;
    throw error;
  }
}
