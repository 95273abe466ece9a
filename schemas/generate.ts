/** Writes the JSON Schemas beside this file: `npm run schemas`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchemas } from "../core/config/json-schemas.ts";

for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(schema, null, 2)}\n`);
}
