/** What a part of a glob does: from these places in a path, the places after it. Sets, so that the work stays linear. */
type Part = (path: readonly string[], places: ReadonlySet<number>) => Set<number>;

/** Whether a glob names the whole of a path, or a folder that the path lies in. */
export interface GlobMatch {
  whole: boolean;
  below: boolean;
}

/**
 * A glob as a function. `*` and `?` stay within a folder, `**` as a folder is any number of them, `{a,b}` is a choice,
 * `[a-z]` and `[!a-z]` are one character or, as folders are named so, the text itself. Everything else, dots and line
 * breaks too, stands for itself. An agent writes globs: none takes more than its length times the path's.
 */
export function compileGlob(glob: string): (path: string) => GlobMatch {
  const characters = Array.from(glob);
  const parts = read(characters, 0, characters.length, true);
  const literal = longestLiteral(glob);
  return (path) => {
    if (!path.includes(literal)) return { whole: false, below: false };
    const given = Array.from(path);
    const places = run(parts, given, new Set([0]));
    return {
      whole: places.has(given.length),
      below: [...places].some((place) => place > 0 && given[place] === "/"),
    };
  };
}

/** Text that every path has which the glob names: most paths are told apart by it alone. */
function longestLiteral(glob: string): string {
  const outside = /^([^{[]*)(?:[{[].*[}\]])?([^}\]]*)$/s.exec(glob);
  const pieces = [outside?.[1] ?? "", outside?.[2] ?? ""].flatMap((text) => text.split(/\*+\/?|\?/));
  return pieces.reduce((longest, piece) => (piece.length > longest.length ? piece : longest), "");
}

function run(parts: readonly Part[], path: readonly string[], from: ReadonlySet<number>): Set<number> {
  let places = new Set(from);
  for (const part of parts) {
    if (places.size === 0) break;
    places = part(path, places);
  }
  return places;
}

/** The parts of `glob` from `start` to `end`. `opens`: a name starts there, so that `**` stands for folders. */
function read(glob: readonly string[], start: number, end: number, opens: boolean): Part[] {
  const parts: Part[] = [];
  for (let at = start; at < end;) {
    const nameStarts = at === start ? opens : glob[at - 1] === "/";
    const [part, next] = readPart(glob, at, end, nameStarts);
    parts.push(part);
    at = next;
  }
  return parts;
}

/** The part at a place, and the place after it. */
function readPart(glob: readonly string[], at: number, end: number, nameStarts: boolean): [Part, number] {
  const character = glob[at];
  if (character === "*") return readStars(glob, at, end, nameStarts);
  if (character === "?") return [oneCharacter((other) => other !== "/"), at + 1];
  const special =
    character === "{"
      ? readChoice(glob, at, end, nameStarts)
      : character === "["
        ? readOneOf(glob, at, end)
        : null;
  return special ?? [oneCharacter((other) => other === character), at + 1];
}

function readStars(glob: readonly string[], at: number, end: number, nameStarts: boolean): [Part, number] {
  let next = at;
  while (next < end && glob[next] === "*") next += 1;
  if (next - at === 1 || !nameStarts) return [anyWithin, next];
  if (next === end) return [anything, next];
  return glob[next] === "/" ? [anyFolders, next + 1] : [anyWithin, next];
}

function readChoice(
  glob: readonly string[],
  at: number,
  end: number,
  nameStarts: boolean,
): [Part, number] | null {
  const bounds = [at];
  let depth = 0;
  for (let place = at; place < end; place += 1) {
    if (glob[place] === "{") depth += 1;
    if (glob[place] === "," && depth === 1) bounds.push(place);
    if (glob[place] === "}" && (depth -= 1) === 0) {
      if (bounds.length === 1) return null;
      bounds.push(place);
      const choices = bounds
        .slice(1)
        .map((bound, index) => read(glob, (bounds[index] ?? at) + 1, bound, nameStarts));
      return [eitherOf(choices), place + 1];
    }
  }
  return null;
}

function readOneOf(glob: readonly string[], at: number, end: number): [Part, number] | null {
  const close = glob.indexOf("]", at + 2);
  if (close === -1 || close >= end) return null;
  const inner = glob.slice(at + 1, close);
  const negated = inner[0] === "!" || inner[0] === "^";
  const isOneOf = characterSet(negated ? inner.slice(1) : inner);
  const oneOf = oneCharacter((character) => character !== "/" && isOneOf(character) !== negated);
  const text = ["[", ...inner, "]"].map((own) => oneCharacter((character) => character === own));
  return [eitherOf([[oneOf], text]), close + 1];
}

function characterSet(inner: readonly string[]): (character: string) => boolean {
  const ranges: [string, string][] = [];
  for (let index = 0; index < inner.length; index += 1) {
    const from = inner[index] ?? "";
    const to = inner[index + 2];
    const isRange = inner[index + 1] === "-" && to !== undefined;
    ranges.push([from, isRange ? to : from]);
    if (isRange) index += 2;
  }
  return (character) => ranges.some(([from, to]) => character >= from && character <= to);
}

function oneCharacter(fits: (character: string) => boolean): Part {
  return (path, places) => {
    const after = new Set<number>();
    for (const place of places) {
      const character = path[place];
      if (character !== undefined && fits(character)) after.add(place + 1);
    }
    return after;
  };
}

/** `*`: from each place on to the end of its name. */
const anyWithin: Part = (path, places) => {
  const after = new Set(places);
  for (const start of places) {
    let place = start;
    while (place < path.length && path[place] !== "/") {
      place += 1;
      if (after.has(place)) break;
      after.add(place);
    }
  }
  return after;
};

/** A last `**`. */
const anything: Part = (path, places) => {
  const after = new Set<number>();
  const first = Math.min(...places, path.length + 1);
  for (let place = first; place <= path.length; place += 1) after.add(place);
  return after;
};

/** A `**` with its `/`: here, or at the start of any name after here. */
const anyFolders: Part = (path, places) => {
  const after = new Set(places);
  const first = Math.min(...places, path.length + 1);
  for (let place = first; place < path.length; place += 1) if (path[place] === "/") after.add(place + 1);
  return after;
};

function eitherOf(choices: readonly (readonly Part[])[]): Part {
  return (path, places) => {
    const after = new Set<number>();
    for (const choice of choices) for (const place of run(choice, path, places)) after.add(place);
    return after;
  };
}
