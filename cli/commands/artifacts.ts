import { PortcullisError } from "../../exit-codes.ts";
import { lookAtRun, type KeptArtifact } from "../../look.ts";
import type { CommandModule } from "../command.ts";
import { plainName, printJson, printLine } from "../print.ts";
import { stateDirectoryOf } from "../state-directory.ts";
import { writeArtifacts } from "../write-artifacts.ts";

interface ArtifactFlags {
  name?: string;
  digest?: string;
  extract?: string;
  force?: boolean;
  json?: boolean;
}

export const configure: CommandModule["configure"] = (command, run) => {
  command
    .argument("<run>", "an id, a unique prefix of one, or 'latest'")
    .option("--name <name>", "those of this name alone")
    .option("--digest <sha256>", "those whose digest begins so")
    .option("--extract <dir>", "write them below this folder")
    .option("--force", "over files that are there")
    .option("--json", "one JSON document");
  run(async (options) => {
    const { name, digest, extract, force = false, json } = command.opts<ArtifactFlags>();
    const chosen = { ...(name === undefined ? {} : { name }), ...(digest === undefined ? {} : { digest }) };
    if (extract === "") throw usage("--extract names no folder", "give one, e.g. --extract artifacts");
    const look = await lookAtRun(stateDirectoryOf(options), command.args[0] ?? "");
    try {
      const artifacts = choose(await look.artifacts(), chosen);
      if (extract === undefined) {
        if (json === true) printJson(artifacts);
        else artifacts.forEach(printArtifact);
        return 0;
      }
      const written = await writeArtifacts(look, artifacts, { directory: extract, force });
      if (json === true) printJson(written);
      else for (const { path, bytes } of written) printLine(`${plainName(path)}  ${bytes} bytes`);
      return 0;
    } finally {
      await look.close();
    }
  });
};

function choose(
  artifacts: readonly KeptArtifact[],
  { name, digest }: { name?: string; digest?: string },
): readonly KeptArtifact[] {
  if (digest !== undefined && !/^[0-9a-f]{6,64}$/i.test(digest)) {
    throw usage(
      `expected 6 to 64 hex digits of a digest, found '${plainName(digest.slice(0, 100))}'`,
      listing,
    );
  }
  const chosen = artifacts.filter(
    (artifact) =>
      (name === undefined || artifact.name === name) &&
      (digest === undefined || artifact.digest.startsWith(digest.toLowerCase())),
  );
  if (chosen.length > 0 || (name === undefined && digest === undefined)) return chosen;
  const asked = [
    name === undefined ? null : `the name '${plainName(name)}'`,
    digest && `the digest ${digest}`,
  ];
  throw usage(`the run kept no artifact of ${asked.filter(Boolean).join(" and ")}`, listing);
}

const listing = "leave --name and --digest out to see what there is";

function printArtifact({ name, digest, bytes, mediaType }: KeptArtifact): void {
  printLine(`${digest.slice(0, 12)}  ${String(bytes).padStart(9)}  ${mediaType}  ${plainName(name)}`);
}

function usage(message: string, remedy: string): PortcullisError {
  return new PortcullisError({ code: "artifact.unknown", kind: "usage", message, remedy });
}
