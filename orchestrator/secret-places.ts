import { existsSync } from "node:fs";
import { join } from "node:path";

const folders = [".ssh", ".aws", ".azure", ".gnupg", ".kube", ".docker", ".config/gcloud", ".config/gh"];
const files = [".netrc", ".npmrc", ".pypirc", ".git-credentials"];

/** Where credentials usually lie, Codex's login among them, as far as they exist here; no worker and no gate reads them. */
export function secretPlaces(home: string, codexHome: string): readonly string[] {
  const usual = [...folders, ...files].map((name) => join(home, name));
  return [...new Set([...usual, codexHome])].filter((path) => existsSync(path));
}
