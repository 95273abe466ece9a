/**
 * The JSON values of a line: one, as the protocol says, or several glued together, as happens. Null where the line is
 * not made of JSON objects (noise). Pure.
 */
export function splitMessages(line: string): readonly unknown[] | null {
  const whole = parse(line);
  if (whole !== undefined) return isObject(whole) ? [whole] : null;
  const pieces = objectsIn(line);
  const values = pieces?.map(parse);
  return values?.every(isObject) === true ? values : null;
}

/** Cuts at the end of each outermost object; null where anything but white space lies between them. */
function objectsIn(line: string): readonly string[] | null {
  const pieces: string[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index];
    if (quoted) {
      if (character === "\\") index += 1;
      else if (character === '"') quoted = false;
      continue;
    }
    if (character === '"' && depth > 0) quoted = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth < 0) return null;
      if (depth === 0) {
        pieces.push(line.slice(start, index + 1));
        start = index + 1;
      }
    } else if (depth === 0 && character?.trim() !== "") return null;
  }
  return depth === 0 && pieces.length > 0 ? pieces : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
