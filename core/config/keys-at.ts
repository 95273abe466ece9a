import { z } from "zod";

/** The keys that a schema knows at a path of a value; empty where it is not an object with keys of its own. */
export function keysAt(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly PropertyKey[],
): readonly string[] {
  const here = narrow(schema, value);
  const [next, ...rest] = path;
  if (next === undefined) return here instanceof z.core.$ZodObject ? Object.keys(here._zod.def.shape) : [];
  const inner = memberSchema(here, next);
  return inner === null ? [] : keysAt(inner, memberOf(value, next), rest);
}

function memberSchema(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | null {
  if (schema instanceof z.core.$ZodArray) return schema._zod.def.element;
  if (schema instanceof z.core.$ZodRecord) return schema._zod.def.valueType;
  if (schema instanceof z.core.$ZodObject) return schema._zod.def.shape[String(key)] ?? null;
  return null;
}

/** Without wrappers; of a union, the member that the value is meant to be. */
function narrow(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (schema instanceof z.core.$ZodPipe) return narrow(schema._zod.def.in, value);
  if (schema instanceof z.core.$ZodUnion) {
    const options = schema._zod.def.options.map((option) => narrow(option, value));
    const fitting = options.filter((option) => fits(option, value));
    return fitting.toSorted((a, b) => sharedKeys(b, value) - sharedKeys(a, value))[0] ?? schema;
  }
  if (
    schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodNullable ||
    schema instanceof z.core.$ZodDefault ||
    schema instanceof z.core.$ZodPrefault
  ) {
    return narrow(schema._zod.def.innerType, value);
  }
  return schema;
}

/** The same kind of thing, and where it says what it is (a literal member), that too. */
function fits(schema: z.core.$ZodType, value: unknown): boolean {
  if (schema instanceof z.core.$ZodArray) return Array.isArray(value);
  if (!(schema instanceof z.core.$ZodObject) || typeof value !== "object" || Array.isArray(value))
    return false;
  return Object.entries(schema._zod.def.shape).every(
    ([key, member]) =>
      !(member instanceof z.core.$ZodLiteral) || member._zod.values.has(memberOf(value, key) as string),
  );
}

function sharedKeys(schema: z.core.$ZodType, value: unknown): number {
  if (!(schema instanceof z.core.$ZodObject)) return 0;
  return Object.keys(schema._zod.def.shape).filter((key) => memberOf(value, key) !== undefined).length;
}

export function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
