/** Scripts whose letters look like Latin ones; a word that mixes them with Latin is made to be misread. */
const lookalikeScripts = ["Cyrillic", "Greek", "Armenian", "Cherokee", "Coptic", "Lisu"].map(
  (script) => new RegExp(`\\p{Script=${script}}`, "u"),
);
const latin = /\p{Script=Latin}/u;
/** Cyrillic and Greek letters that look the same as a Latin one: a word of these alone is read as Latin. */
const onlyLookalikes = /^[аеорсухіјѕһԁԛԝґӏАВЕЗКМНОРСТУХІЈЅԌԚԜӀοϲΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]+$/u;

/** What is wrong with a file's name for whoever has to read it or hand it to a program, or null. Pure. */
export function problemWithFileName(path: string): string | null {
  if (/\p{Cc}|\p{Zl}|\p{Zp}/u.test(path)) return "the name has a line break or another control character";
  if (/\p{Cf}|\p{Default_Ignorable_Code_Point}/u.test(path)) {
    return "the name has a character that is not seen or that changes the direction of writing";
  }
  if (/\ufffd|\p{Cs}|\p{Co}|\p{Cn}/u.test(path))
    return "the name is not UTF-8, or has characters without a meaning";
  const parts = path.split("/");
  if (parts.some((part) => part.startsWith("-")))
    return "the name begins with a dash, as options of programs do";
  if (parts.some((part) => part !== part.trim())) return "the name begins or ends with a space";
  if (
    /[\u2044\u2215\u29f8\u2024\ua789\u2236]/u.test(path) ||
    path.normalize("NFKC") !== path.normalize("NFC")
  ) {
    return "the name has a character that is another one in a different form";
  }
  if ((path.match(/[\p{L}\p{M}]+/gu) ?? []).some(isMisread)) {
    return "the name has letters of another script that look like Latin ones";
  }
  return null;
}

function isMisread(word: string): boolean {
  if (onlyLookalikes.test(word)) return true;
  return latin.test(word) && lookalikeScripts.some((script) => script.test(word));
}

/**
 * New paths that some disks take for one that is there, since only case or the form of accents tells them apart; each
 * with the other one. Pure.
 */
export function clashingNames(added: readonly string[], all: readonly string[]): ReadonlyMap<string, string> {
  const isNew = new Set(added);
  const old = withFolders(all.filter((path) => !isNew.has(path)));
  const spelled = new Map<string, string[]>();
  const ours = new Set(added.flatMap(prefixesOf).filter((prefix) => !old.has(prefix)));
  const folded = new Set([...ours].map(fold));
  for (const prefix of [...old, ...ours]) {
    const key = fold(prefix);
    if (folded.has(key)) spelled.set(key, [...(spelled.get(key) ?? []), prefix]);
  }
  const clashes = new Map<string, string>();
  for (const path of added) {
    const prefixes = prefixesOf(path).filter((prefix) => ours.has(prefix));
    const others = prefixes.map((prefix) => spelled.get(fold(prefix))?.find((other) => other !== prefix));
    const clash = others.find((other) => other !== undefined);
    if (clash !== undefined) clashes.set(path, clash);
  }
  return clashes;
}

function fold(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}

/** The paths and every folder that they lie in. */
function withFolders(paths: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const path of paths) {
    for (let at = path; at !== "" && !found.has(at); at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
      found.add(at);
    }
  }
  return found;
}

/** `a`, `a/b`, `a/b/c`. */
function prefixesOf(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}
