const word = /&&|\|\|?|[;&()\n]|(?:[^\s'"&|;()]|'[^']*'|"[^"]*")+/g;
const separator = /^(?:&&|\|\|?|[;&()\n])$/;
const prefixes = new Set(["env", "exec", "time", "command", "!", "if", "then", "else", "do", "while"]);

/** A shell line cut at what separates commands: the words of each, without assignments and words like `env` before the program. */
export function simpleCommands(line: string): string[][] {
  const parts: string[][] = [[]];
  for (const token of line.match(word) ?? []) {
    if (separator.test(token)) parts.push([]);
    else parts.at(-1)?.push(token.replaceAll(/^(['"])(.*)\1$/gs, "$2"));
  }
  return parts.map((words) => {
    const start = words.findIndex((name) => !/^[A-Za-z_]\w*=/.test(name) && !prefixes.has(name));
    return start === -1 ? [] : words.slice(start);
  });
}
