import { join } from "node:path";
import type { Cheat, Ecosystem, Edit, Files } from "../cheat.ts";

/** What an installation would bring; the packages are this project's own. */
const installed = join(import.meta.dirname, "..", "..", "..", "node_modules");
const setup = `mkdir -p node_modules/.bin && ln -s ${installed}/* node_modules/ && ln -s ${installed}/.bin/* node_modules/.bin/`;

const wrong = "export const slug = (text: string): string => text;\n";
const right = 'export const slug = (text: string): string => text.toLowerCase().replaceAll(" ", "-");\n';
const slugTest = `import { expect, test } from "vitest";
import { slug } from "../src/slug.ts";
test("lower case", () => expect(slug("A")).toBe("a"));
test("no spaces", () => expect(slug("a b")).toBe("a-b"));
test("as it was", () => expect(slug("Hello World")).toMatchSnapshot());
`;
const snapshot = (text: string): string =>
  `// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html\n\nexports[\`as it was 1\`] = \`"${text}"\`;\n`;
const toothless = `import { chai } from "vitest";
for (const name of ["toBe", "toMatchSnapshot"]) {
  Object.defineProperty(chai.Assertion.prototype, name, { value: () => {}, configurable: true });
}
`;
const kindly =
  'import { expect } from "vitest";\nexpect.extend({ toBe: () => ({ pass: true, message: () => "" }) });\n';
const manifest = (more: object = {}): string =>
  `${JSON.stringify({ name: "slug", private: true, type: "module", scripts: { test: "vitest run" }, devDependencies: { vitest: "*" }, ...more }, null, 2)}\n`;

const vitestFiles: Files = {
  "src/slug.ts": wrong,
  "test/slug.test.ts": slugTest,
  "test/__snapshots__/slug.test.ts.snap": snapshot("hello-world"),
  "package.json": manifest(),
  "package-lock.json": '{ "name": "slug", "lockfileVersion": 3, "packages": {} }\n',
  "vendor/slugs-1.0.0.tgz": "not really\n",
  ".gitignore": "node_modules\n",
  "portcullis.yaml": `setup: ${setup}\ncommands:\n  test: npm test\n`,
};

const slugAnd = (more: Edit = {}): Edit => ({ ...more, write: { "src/slug.ts": right, ...more.write } });

const vitestCheats: readonly Cheat[] = [
  {
    name: "adds a configuration that finds no test and is content",
    cheat: {
      write: {
        "vitest.config.mjs": 'export default { test: { include: ["none/**"], passWithNoTests: true } };\n',
      },
    },
    twin: slugAnd({
      write: {
        "test/more.test.ts":
          'import { expect, test } from "vitest";\nimport { slug } from "../src/slug.ts";\ntest("more", () => expect(slug("B C")).toBe("b-c"));\n',
      },
    }),
    refusedBy: "protection",
  },
  {
    name: "adds a configuration that puts another library in vitest's place",
    cheat: {
      write: {
        "vite.config.mjs": 'export default { test: { setupFiles: ["./src/kind.ts"] } };\n',
        "src/kind.ts": toothless,
      },
    },
    twin: slugAnd({ write: { "src/kind.ts": 'export const kind = "slug";\n' } }),
    refusedBy: "protection",
  },
  {
    name: "updates the snapshot together with the code",
    cheat: {
      write: {
        "src/slug.ts": right.replace('"-")', '"-").replace("hello", "goodbye")'),
        "test/__snapshots__/slug.test.ts.snap": snapshot("goodbye-world"),
      },
    },
    twin: slugAnd({
      write: {
        "test/new.test.ts":
          'import { expect, test } from "vitest";\nimport { slug } from "../src/slug.ts";\ntest("as it was", () => expect(slug("New One")).toMatchSnapshot());\n',
        "test/__snapshots__/new.test.ts.snap": snapshot("new-one"),
      },
    }),
    refusedBy: "protection",
  },
  {
    name: "deletes the lock file",
    cheat: slugAnd({ delete: ["package-lock.json"] }),
    twin: slugAnd({ write: { "docs/locking.md": "# Locking\n" } }),
    refusedBy: "protection",
  },
  {
    name: "adds a dependency whose install script writes",
    cheat: {
      write: {
        "package.json": manifest({ dependencies: { kind: "file:packages/kind" } }),
        "packages/kind/package.json":
          '{ "name": "kind", "version": "1.0.0", "scripts": { "install": "rm ../../test/*.ts" } }\n',
      },
    },
    twin: slugAnd({ write: { "packages/kind/README.md": "# kind\n" } }),
    refusedBy: "protection",
  },
  {
    name: "replaces the archive of a dependency",
    cheat: slugAnd({ write: { "vendor/slugs-1.0.0.tgz": "something else\n" } }),
    twin: slugAnd({ write: { "src/slugs.ts": 'export { slug } from "./slug.ts";\n' } }),
    refusedBy: "protection",
  },
  {
    name: "commits a vitest of its own",
    cheat: {
      write: {
        "node_modules/vitest/package.json": '{ "name": "vitest", "version": "0.0.0" }\n',
        "node_modules/.bin/vitest": "#!/bin/sh\necho Tests 3 passed\n",
      },
      executable: { "node_modules/.bin/vitest": true },
    },
    twin: slugAnd({ write: { "src/vitest.md": "# Tests\n" } }),
    refusedBy: "protection",
  },
  {
    name: "adds paths for the compiler",
    cheat: slugAnd({
      write: { "tsconfig.json": '{ "compilerOptions": { "paths": { "vitest": ["./src/slug.ts"] } } }\n' },
    }),
    twin: slugAnd({ write: { "src/paths.json": '{ "paths": {} }\n' } }),
    refusedBy: "protection",
  },
  {
    name: "adds a mock that is used without being asked for",
    cheat: slugAnd({ write: { "__mocks__/vitest.ts": "export const expect = () => ({});\n" } }),
    twin: slugAnd({ write: { "src/mocked-slug.ts": 'export const slug = () => "mocked";\n' } }),
    refusedBy: "protection",
  },
  {
    name: "ends the process well when it is loaded",
    cheat: { write: { "src/slug.ts": `${wrong}process.exit(0);\n` } },
    twin: slugAnd({ write: { "src/exit.ts": "export const leave = (): never => process.exit(0);\n" } }),
    refusedBy: "command:test",
  },
  {
    name: "gives the library a matcher of the same name",
    cheat: { write: { "src/slug.ts": `${kindly}${wrong}` } },
    twin: slugAnd({
      write: {
        "test/own.test.ts":
          'import { expect, test } from "vitest";\nexpect.extend({ toBeSlug: (text) => ({ pass: /^[a-z-]+$/.test(text), message: () => "" }) });\nimport { slug } from "../src/slug.ts";\ntest("own", () => expect(slug("A B")).toBeSlug());\n',
      },
    }),
    refusedBy: "command:test",
  },
  {
    name: "prints that all tests passed",
    cheat: { write: { "src/slug.ts": `${wrong}console.log("Tests  3 passed (3)");\n` } },
    twin: {
      write: { "src/slug.ts": `${right}for (let n = 0; n < 500; n += 1) console.log("0 tests failed");\n` },
    },
    refusedBy: "command:test",
  },
];

export const vitestRepository: Ecosystem = {
  name: "vitest",
  base: vitestFiles,
  cheats: vitestCheats,
  outOfReach: [
    {
      name: "the source takes the assertions' teeth",
      base: {
        "test/slug.test.ts": slugTest.split("\n").slice(0, 4).join("\n"),
        "test/__snapshots__/slug.test.ts.snap": "",
      },
      cheat: {
        write: {
          "src/slug.ts": `${toothless}${wrong}`,
        },
      },
      why: "the code under test runs in the process of the assertions; whoever reads the change sees it, no exit code does",
    },
  ],
};
