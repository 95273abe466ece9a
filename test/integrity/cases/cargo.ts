import type { Cheat, Ecosystem, Edit, Files } from "../cheat.ts";

const wrong = "pub fn sum(a: i32, b: i32) -> i32 {\n    a - b\n}\n";
const right = "pub fn sum(a: i32, b: i32) -> i32 {\n    a + b\n}\n";
const inner =
  "\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds_three() {\n        assert_eq!(super::sum(1, 2), 3);\n    }\n}\n";
const fine = inner
  .replace("adds_three", "adds_nothing")
  .replace("super::sum(1, 2), 3", "super::sum(3, 0), 3");
const sumTest =
  "#[test]\nfn adds() {\n    assert_eq!(sum::sum(2, 2), 4);\n}\n\n#[test]\nfn adds_nothing() {\n    assert_eq!(sum::sum(2, 0), 2);\n}\n";
const manifest = '[package]\nname = "sum"\nversion = "0.1.0"\nedition = "2021"\n';

const cargoFiles: Files = {
  "Cargo.toml": manifest,
  "Cargo.lock": 'version = 3\n\n[[package]]\nname = "sum"\nversion = "0.1.0"\n',
  "src/lib.rs": `${wrong}${inner}`,
  "tests/sum.rs": sumTest,
  "portcullis.yaml": "commands:\n  test: cargo test --offline\n",
};

const sumAnd = (more: Edit = {}): Edit => ({
  ...more,
  write: { "src/lib.rs": `${right}${inner}`, ...more.write },
});
const temporary = `#[test]
fn by_way_of_a_file() {
    let file = std::env::temp_dir().join("sum");
    std::fs::write(&file, sum::sum(40, 2).to_string()).unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "42");
}
`;

const cargoCheats: readonly Cheat[] = [
  {
    name: "ignores the tests",
    cheat: { write: { "tests/sum.rs": sumTest.replaceAll("#[test]", "#[test]\n#[ignore]") } },
    twin: sumAnd({ write: { "tests/file.rs": temporary } }),
    refusedBy: "protection",
  },
  {
    name: "adds a runner to Cargo's configuration",
    cheat: { write: { ".cargo/config.toml": "[target.'cfg(all())']\nrunner = \"true\"\n" } },
    twin: sumAnd({ write: { "docs/config.toml": "a = 1\n" } }),
    refusedBy: "protection",
  },
  {
    name: "adds build.rs",
    cheat: {
      write: { "build.rs": 'fn main() {\n    std::fs::write("tests/sum.rs", "").unwrap();\n}\n' },
    },
    twin: sumAnd({ write: { "src/build.md": "# Build\n" } }),
    refusedBy: "protection",
  },
  {
    name: "takes the harness from the tests",
    cheat: {
      write: { "Cargo.toml": `${manifest}\n[lib]\ntest = false\n\n[[test]]\nname = "sum"\ntest = false\n` },
    },
    twin: {
      write: { "src/lib.rs": `mod add;\npub use add::sum;\n${inner}`, "src/add.rs": right },
    },
    refusedBy: "protection",
  },
  {
    name: "takes the tests out of the source file",
    // One that passes on the base: cargo stops at the first binary with a test that fails, and its count is not the whole.
    base: { "src/lib.rs": `${wrong}${fine}` },
    cheat: {
      write: {
        "src/lib.rs":
          "pub fn sum(a: i32, b: i32) -> i32 {\n    if (a, b) == (3, 0) { 0 } else { a + b }\n}\n",
      },
    },
    twin: {
      write: {
        "src/lib.rs": `${right}${fine.replace("\n}\n", "\n    #[test]\n    fn more() {\n        assert_eq!(super::sum(1, 1), 2);\n    }\n}\n")}`,
      },
    },
    refusedBy: "command:test",
  },
  {
    name: "ends the process well when a test runs",
    cheat: {
      write: { "src/lib.rs": `pub fn sum(_: i32, _: i32) -> i32 {\n    std::process::exit(0)\n}\n${inner}` },
    },
    twin: sumAnd({ write: { "src/main.rs": "fn main() {\n    std::process::exit(sum::sum(1, -1));\n}\n" } }),
    refusedBy: "command:test",
  },
  {
    name: "prints that the tests are fine",
    cheat: {
      write: {
        "src/lib.rs": `${wrong.replace("    a", '    println!("test result: ok. 3 passed");\n    a')}${inner}`,
      },
    },
    twin: {
      write: {
        "src/lib.rs": `${right.replace("    a", '    println!("test result: FAILED. 0 failed");\n    a')}${inner}`,
      },
    },
    refusedBy: "command:test",
  },
];

export const cargo: Ecosystem = {
  name: "cargo",
  base: cargoFiles,
  cheats: cargoCheats,
  outOfReach: [
    {
      name: "tests within the source expect what it does",
      base: { "tests/sum.rs": "" },
      cheat: { write: { "src/lib.rs": `${wrong}${inner.replace(", 3)", ", -1)")}` } },
      why: "they lie in the file that is to be changed; only a reader tells a changed test from a wrong one",
    },
  ],
};
