import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRepositoryConfig, parseRepositoryFile } from "../../../core/config/read.ts";
import { PortcullisError } from "../../../core/errors.ts";
import { limits } from "../../../core/limits.ts";

const file = "portcullis.yaml";

function refusal(text: string): PortcullisError {
  try {
    parseRepositoryConfig(text, file);
  } catch (error) {
    if (error instanceof PortcullisError) return error;
    throw error;
  }
  throw new Error(`expected a refusal of ${text}`);
}

test("given a whole file, when it is read, then a bare glob is frozen and the rest is as written", () => {
  const text = [
    "setup: npm ci",
    "commands:",
    "  test: npm test",
    "  lint:strict: |",
    "    # both",
    "    npm run lint",
    "protected:",
    "  - docs/**",
    "  - { glob: src/legacy, mode: add-only }",
  ];
  for (const end of ["\n", "\r\n"]) {
    expect(parseRepositoryConfig(text.join(end), file)).toEqual({
      setup: "npm ci",
      commands: { test: "npm test", "lint:strict": "# both\nnpm run lint\n" },
      protected: [
        { glob: "docs/**", mode: "frozen" },
        { glob: "src/legacy", mode: "add-only" },
      ],
    });
  }
});

test("given pipelines, when it is read, then each is a file or, under its key's name, itself", () => {
  const text = [
    "pipelines:",
    "  far: { file: pipelines/far.ts }",
    "  near:",
    "    stages:",
    "      - { name: plan, kind: agent, role: planner, gates: { none: it is looked at by hand } }",
  ].join("\n");
  expect([...parseRepositoryFile(text, file).pipelines]).toEqual([
    ["far", { file: "pipelines/far.ts" }],
    ["near", { definition: expect.objectContaining({ name: "near", maxParallel: 1 }) }],
  ]);
});

test("given an empty file, comments alone or a byte-order mark, when it is read, then nothing is said", () => {
  for (const text of ["", "# nothing\n", "---\n", "\uFEFF", "{}"]) {
    expect(parseRepositoryConfig(text, file)).toEqual({ setup: null, commands: {}, protected: [] });
  }
});

test.each([
  ["a: [", "1:5", "Flow sequence in block collection", "correct the YAML"],
  ["commands:\n\ttest: x\n", "2:1", "Tabs are not allowed", "correct the YAML"],
  ["commands:\n  test: a\n  test: b\n", "3:3", "Map keys must be unique", "correct the YAML"],
  ["a: 1\n---\nb: 2\n", "2:1", "expected one YAML document, found several", "correct the YAML"],
  ["hello", "1:1", 'the file: expected a mapping, found "hello"', "'commands:'"],
  ["- a", "1:1", "the file: expected a mapping, found a list", "'commands:'"],
  [
    "setup: x\ncomands:\n  test: a\n",
    "2:1",
    "unknown key 'comands'",
    "did you mean 'commands'? there is 'setup', 'commands', 'protected', 'pipelines'",
  ],
  ["__proto__:\n  setup: x\n", "1:1", "unknown key '__proto__'", "'setup', 'commands', 'protected'"],
  ["constructor: x\n", "1:1", "unknown key 'constructor'", "'setup', 'commands', 'protected'"],
  ["commands:\n  a: b\n  test: 5\n", "3:9", "'commands.test': expected text, found 5", "npm test"],
  ["commands:\n  test: yes\n  on: true\n", "3:7", "'commands.on': expected text, found true", "npm test"],
  ["commands:\n  a: b\n  Bad Name: x\n", "3:3", "'commands.Bad Name': a command's name is", "npm test"],
  ["commands:\n  a: b\n  __proto__: npm test\n", "3:3", "'commands.__proto__'", "name it otherwise"],
  ["commands: null", "1:11", "'commands': expected a mapping, found null", "npm test"],
  [
    "commands:\n  a: b\n  sk-abcdefghij0123456789: x\n",
    "3:3",
    "'commands': the name 'sk-a…' looks like a secret",
    "name it otherwise",
  ],
  ["commands:\n  test: ''\n", "2:9", "'commands.test': a shell line that runs something", "npm test"],
  ["commands:\n  test: '  '\n", "2:9", "a shell line that runs something", "npm test"],
  ["commands:\n  test: '# npm test'\n", "2:9", "a shell line that runs something", "npm test"],
  ['commands:\n  test: "\\n # a\\n\\t#b"\n', "2:9", "a shell line that runs something", "npm test"],
  ['commands:\n  test: "a\\0b"\n', "2:9", "a shell line without NUL", "npm test"],
  ["setup: [npm, ci]", "1:8", "'setup': expected text, found a list", "'setup: npm ci'"],
  ["setup: ' '", "1:8", "'setup': a shell line that runs something", "'setup: npm ci'"],
  ["protected:\n  - a\n  - ''\n", "3:5", "'protected.1': expected at least 1 characters", "a glob a line"],
  ["protected:\n  - '!src/**'\n", "2:5", "never excludes them", "'mode: open'"],
  ["protected:\n  - {glob: '!(a)', mode: open}\n", "2:12", "never excludes them", "'mode: open'"],
  [
    "protected:\n  - glob: a\n    mode: closed\n",
    "3:11",
    "'protected.0.mode': expected 'frozen' or 'add-only' or 'open', found \"closed\"",
    "'mode: open'",
  ],
  ["protected:\n  - {glob: a, mode: open, x: 1}\n", "2:27", "unknown key 'x'", "there is 'glob', 'mode'"],
  ["protected:\n  - {glob: a, mode: forzen}\n", "2:21", "'protected.0.mode'", "did you mean 'frozen'?"],
  [
    "pipelines:\n  sk-abcdefghij0123456789: {file: a.yaml}\n",
    "2:3",
    "'pipelines': the name 'sk-a…' looks like a secret",
    "name it otherwise",
  ],
  ["pipelines:\n  __proto__: {file: a.yaml}\n", "2:3", "this name is not allowed", "name it otherwise"],
  ["pipelines:\n  Own: {file: a.yaml}\n", "2:3", "'pipelines.Own': a pipeline's name is", "{file: PATH}"],
  ["pipelines:\n  own: {file: ../a.yaml}\n", "2:15", "expected a path within the repository", "{file: PATH}"],
  ["pipelines:\n  own: {file: a.txt}\n", "2:15", "that ends in .yaml", "{file: PATH}"],
  ["pipelines:\n  own: {file: 5}\n", "2:15", "'pipelines.own.file': expected text, found 5", "{file: PATH}"],
  ["pipelines:\n  own: {fil: a.yaml}\n", "2:9", "unknown key 'fil'", "there is 'stages'"],
  ["pipelines:\n  own: {file: a.ts, stgaes: []}\n", "2:21", "unknown key 'stgaes'", "there is 'file'"],
  [
    "pipelines:\n  own: {stages: []}\n",
    "2:17",
    "'pipelines.own.stages': expected at least 1 items",
    "{file:",
  ],
  ["protected: src\n", "1:12", "'protected': expected a list, found \"src\"", "a glob a line"],
  [
    "commands: { a: b }\nnetwork:\n  - a\n  - b\n",
    "4:5",
    "'network.1': there is no command 'b'",
    "there is 'a'",
  ],
  ["network: [a]\n", "1:11", "'network.0': there is no command 'a'", "name the command"],
  [
    "commands: { a: b }\nnetwork: a\n",
    "2:10",
    "'network': expected a list, found \"a\"",
    "name commands of this file",
  ],
])(
  "given %j, when it is read, then the error says file, line, column, problem and remedy",
  (text, at, problem, remedy) => {
    const error = refusal(text);
    expect(error).toMatchObject({ code: "config.invalid", kind: "usage", exitCode: 2 });
    expect(error.message.startsWith(`${file}:${at}: `)).toBe(true);
    expect(error.message).toContain(problem);
    expect(error.remedy).toContain(remedy);
  },
);

test("given a file over the limit in bytes, though not in characters, when it is read, then it is refused", () => {
  const text = `# ${"é".repeat(limits.configBytes / 2)}`;
  expect(text.length).toBeLessThan(limits.configBytes);
  expect(refusal(text).message).toContain(
    `at most ${limits.configBytes} bytes, found ${limits.configBytes + 2}`,
  );
});

test("given aliases that multiply, when it is read, then it is refused and not resolved", () => {
  const levels = Array.from({ length: 12 }, (_none, level) => {
    const before = level === 0 ? "x" : `*a${level - 1}`;
    return `k${level}: &a${level} [${Array.from({ length: 9 }, () => before).join(", ")}]`;
  });
  expect(refusal(levels.join("\n")).message).toContain("cannot be resolved");
});

test("given any text, when it is read, then it is a configuration or config.invalid in one line", () => {
  const word = fc.constantFrom(
    "setup",
    "commands",
    "protected",
    "glob",
    "mode",
    "open",
    "test",
    "!",
    "&a",
    "*a",
  );
  const sign = fc.constantFrom(
    ": ",
    "\n",
    "\n  ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "'",
    '"',
    "#",
    "\t",
    "\0",
    "<<",
  );
  const yamlLike = fc.array(fc.oneof(word, sign), { maxLength: 25 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(yamlLike, fc.string({ unit: "binary", maxLength: 60 })), (text) => {
      try {
        parseRepositoryConfig(text, file);
      } catch (error) {
        expect(error).toMatchObject({ code: "config.invalid" });
        expect((error as Error).message).toMatch(/^portcullis\.yaml(?::\d+:\d+)?: [^\n]+$/);
      }
    }),
    { numRuns: 2000 },
  );
});
