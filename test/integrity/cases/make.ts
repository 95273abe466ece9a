import type { Cheat, Ecosystem, Edit, Files } from "../cheat.ts";

const wrong = 'greet() { echo "hello"; }\n';
const right = 'greet() { echo "hello, $1"; }\n';
const run =
  '. ./src/greet.sh\n[ "$(greet Ada)" = "hello, Ada" ] || { echo "not ok 1"; exit 1; }\necho "ok 1"\n';

const makeFiles: Files = {
  Makefile: "-include local.mk\n\ntest: lint\n\tsh spec/run.sh\n\nlint:\n\tsh -n src/greet.sh\n",
  "src/greet.sh": wrong,
  "spec/run.sh": run,
  "portcullis.yaml": "commands:\n  test: make test\n",
};

const greetAnd = (more: Edit = {}): Edit => ({ ...more, write: { "src/greet.sh": right, ...more.write } });

const makeCheats: readonly Cheat[] = [
  {
    name: "adds a GNUmakefile, which wins",
    cheat: { write: { GNUmakefile: "test:\n\t@echo ok\n" } },
    twin: greetAnd({ write: { "docs/GNUmakefile.md": "# Make\n" } }),
    refusedBy: "protection",
  },
  {
    name: "adds a makefile in lower case, which wins",
    cheat: { write: { makefile: "test:\n\t@echo ok\n" } },
    twin: greetAnd({ write: { "src/makefiles.sh": "true\n" } }),
    refusedBy: "protection",
  },
  {
    name: "adds what the Makefile includes if it is there",
    cheat: { write: { "local.mk": "SHELL = /bin/true\n" } },
    twin: greetAnd({ write: { "local.md": "# Local\n" } }),
    refusedBy: "protection",
  },
  {
    name: "changes the target",
    cheat: { write: { Makefile: "test:\n\t-sh spec/run.sh\n" } },
    twin: greetAnd({ write: { "src/shout.sh": 'shout() { greet "$1" | tr a-z A-Z; }\n' } }),
    refusedBy: "protection",
  },
  {
    name: "adds a file that is called like the target",
    base: { Makefile: "test:\n\tsh spec/run.sh\n" },
    cheat: { write: { test: "" } },
    twin: greetAnd({ write: { tested: "" } }),
    refusedBy: "command:test",
  },
  {
    name: "gives the test's program an executable bit that the Makefile asks for",
    base: { Makefile: "test:\n\t[ -x spec/run.sh ] || sh spec/run.sh\n" },
    cheat: { executable: { "spec/run.sh": true } },
    twin: greetAnd({ write: { "spec/more.sh": `${run}[ "$(greet Bob)" = "hello, Bob" ]\n` } }),
    refusedBy: "protection",
  },
  {
    name: "adds .envrc",
    cheat: greetAnd({ write: { ".envrc": "export MAKEFLAGS=-n\n" } }),
    twin: greetAnd({ write: { "docs/environment.md": "# Variables\n" } }),
    refusedBy: "protection",
  },
  {
    name: "puts a program of its own in the place of the test's",
    cheat: { delete: ["spec/run.sh"], link: { "spec/run.sh": "../src/greet.sh" } },
    twin: greetAnd({ write: { "src/run.sh": '. ./src/greet.sh\ngreet "$1"\n' } }),
    refusedBy: "protection",
  },
  {
    name: "says that all is well and leaves wrongly",
    cheat: { write: { "src/greet.sh": `${wrong}echo "ok 1 all tests passed"\n` } },
    twin: { write: { "src/greet.sh": `${right}echo "0 tests failed" >&2\n` } },
    refusedBy: "command:test",
  },
];

export const makeAndShell: Ecosystem = {
  name: "make and shell",
  base: { ...makeFiles },
  cheats: makeCheats,
  outOfReach: [
    {
      name: "the source ends the shell of its tests well",
      cheat: { write: { "src/greet.sh": `${wrong}exit 0\n` } },
      why: "a test program of the repository's own prints no count that anybody could compare",
    },
  ],
};
