import { existsSync } from "node:fs";
import { join } from "node:path";

const folders = [".ssh", ".aws", ".azure", ".gnupg", ".kube", ".docker", ".config/gcloud", ".config/gh"];
const files = [".netrc", ".npmrc", ".pypirc", ".git-credentials"];

/** Where credentials usually lie, as far as they exist here; no worker and no gate reads them. */
export function secretPlaces(home: string): readonly string[] {
  return [...folders, ...files].map((name) => join(home, name)).filter((path) => existsSync(path));
}
