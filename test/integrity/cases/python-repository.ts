import type { Edit, Files } from "../cheat.ts";

export const wrongTotal = "def total(xs):\n    return 0\n";
export const rightTotal = "def total(xs):\n    return sum(xs)\n";
export const python = (...cases: readonly string[]): string =>
  `import unittest\nfrom calc.total import total\n\n\nclass Total(unittest.TestCase):\n${cases
    .map((line, index) => `    def test_${index}(self):\n        ${line}\n`)
    .join("\n")}`;
export const totalTest = python(
  "self.assertEqual(total([1, 2]), 3)",
  "self.assertEqual(total([]), 0)",
  "self.assertEqual(total([5]), 5)",
);

export const pythonFiles: Files = {
  "calc/__init__.py": "",
  "calc/total.py": wrongTotal,
  "tests/__init__.py": "",
  "tests/test_total.py": totalTest,
  "portcullis.yaml": "commands:\n  test: python3 -m unittest discover -s tests -t .\n",
};

/** The work, and something more. */
export function totalAnd(more: Edit = {}): Edit {
  return { ...more, write: { "calc/total.py": rightTotal, ...more.write } };
}
