import { sha256 } from "../core/digest.ts";
import { PortcullisError } from "../core/errors.ts";
import type { Redactor } from "../core/redaction.ts";
import { limits } from "../core/limits.ts";

/** The bytes to keep and their digest. Text is ours and redacted; bytes are a deliverable, whose digest was claimed. Error: `artifact.too-large` (usage). */
export function artifactContent(
  content: Uint8Array | string,
  name: string,
  redactor: Redactor,
): { bytes: Uint8Array; digest: string } {
  const bytes = typeof content === "string" ? Buffer.from(redactor.text(content), "utf8") : content;
  if (bytes.byteLength <= limits.artifactBytes) return { bytes, digest: sha256(bytes) };
  throw new PortcullisError({
    code: "artifact.too-large",
    kind: "usage",
    message: `expected artifact '${name}' to have at most ${limits.artifactBytes} bytes, found ${bytes.byteLength}`,
    remedy: "deliver a smaller file",
  });
}

/** Error: `artifact.damaged` (environment). */
export function damagedArtifact(digest: string, found: string): PortcullisError {
  return new PortcullisError({
    code: "artifact.damaged",
    kind: "environment",
    message: `expected an artifact with digest ${digest}, found ${found}`,
    remedy: "its file was changed after it was kept: restore it, or run again",
  });
}
