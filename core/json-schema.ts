import { Ajv2020 } from "ajv/dist/2020.js";
import { messageOf } from "./errors.ts";

const mostProblems = 5;
/** All mistakes of a large value are more than anybody reads, and each takes memory. */
const mostCharactersForAll = 256 * 1024;

/** What is wrong with a JSON Schema (2020-12), or null. An unknown keyword or format is a mistake, as it would check nothing. */
export function problemWithSchema(schema: object): string | null {
  try {
    compile(schema, false);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** What is wrong with a JSON text by a schema: the first mistakes, with their place. Throws where the schema is no good. */
export function problemsWithJson(text: string, schema: object | null): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return [`the file is not JSON: ${messageOf(error)}`];
  }
  if (schema === null) return [];
  const validate = compile(schema, text.length <= mostCharactersForAll);
  if (validate(value)) return [];
  const errors = (validate.errors ?? []).slice(0, mostProblems);
  return errors.map(({ instancePath, message, params }) => {
    const { allowedValues, additionalProperty } = params as Record<string, unknown>;
    const named = typeof additionalProperty === "string" ? `: '${additionalProperty}'` : "";
    const allowed = Array.isArray(allowedValues) ? `: ${JSON.stringify(allowedValues).slice(0, 300)}` : "";
    return `${instancePath === "" ? "the whole" : instancePath} ${message ?? "is not allowed"}${named}${allowed}`;
  });
}

function compile(schema: object, allErrors: boolean) {
  if ("$async" in schema) throw new Error("'$async' is not for files");
  const ajv = new Ajv2020({
    allErrors,
    logger: false,
    // Else 'required' would find what every object inherits.
    ownProperties: true,
    strictTypes: false,
    strictTuples: false,
  });
  return ajv.compile(schema);
}
