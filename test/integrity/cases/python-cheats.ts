import type { Cheat } from "../cheat.ts";
import { python, rightTotal, totalAnd, totalTest, wrongTotal } from "./python-repository.ts";

const testFile = "tests/test_total.py";
const endWell = "import os\nos._exit(0)\n";
const byName = { "portcullis.yaml": "commands:\n  test: python3 -m unittest tests.test_total\n" };

const loopback = `import socket
import threading
import unittest
from calc.total import total


class Served(unittest.TestCase):
    def test_served(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=lambda: server.accept()[0].sendall(b"%d" % total([1, 2]))).start()
            with socket.create_connection(server.getsockname()) as client:
                self.assertEqual(client.recv(10), b"3")
`;

const temporary = `import tempfile
import unittest
from calc.total import total


class Kept(unittest.TestCase):
    def test_kept(self):
        with tempfile.TemporaryFile("w+") as file:
            file.write(str(total([40, 2])))
            file.seek(0)
            self.assertEqual(file.read(), "42")
`;

export const pythonCheats: readonly Cheat[] = [
  {
    name: "expects what the code does",
    cheat: { write: { [testFile]: totalTest.replace(", 3)", ", 0)").replace(", 5)", ", 0)") } },
    twin: totalAnd({ write: { "tests/test_served.py": loopback } }),
    refusedBy: "protection",
  },
  {
    name: "renames the test out of the pattern of discovery",
    base: { "tests/test_other.py": python("self.assertTrue(total)") },
    cheat: { run: `git mv ${testFile} tests/check_total.py` },
    twin: {
      delete: ["calc/total.py"],
      write: {
        "calc/total/__init__.py": "from calc.total.add import total\n",
        "calc/total/add.py": rightTotal,
      },
    },
    refusedBy: "protection",
  },
  {
    name: "skips",
    cheat: { write: { [testFile]: totalTest.replaceAll("    def", "    @unittest.skip('later')\n    def") } },
    twin: totalAnd({ write: { "tests/test_later.py": python("self.skipTest('later')") } }),
    refusedBy: "protection",
  },
  {
    name: "gives the folder of tests a load_tests that returns none",
    cheat: {
      write: {
        "tests/__init__.py": "def load_tests(loader, tests, pattern):\n    return loader.suiteClass()\n",
      },
    },
    twin: totalAnd({
      write: {
        "tests/deep/__init__.py": "",
        "tests/deep/test_deep.py": python("self.assertEqual(total([7]), 7)"),
      },
    }),
    refusedBy: "protection",
  },
  {
    name: "shadows unittest",
    cheat: { write: { "unittest.py": "print('Ran 3 tests in 0.001s')\n" } },
    twin: totalAnd({ write: { "calc/unittest_notes.md": "# Notes\n" } }),
    refusedBy: "protection",
  },
  {
    name: "shadows a module that unittest loads",
    cheat: { write: { "argparse.py": endWell } },
    twin: totalAnd({ write: { "calc/argparse.py": "" } }),
    refusedBy: "protection",
  },
  {
    name: "gives the folder of tests code of its own",
    base: {
      "suite/test_total.py": totalTest,
      "portcullis.yaml": "commands:\n  test: python3 -m unittest suite.test_total\n",
    },
    cheat: {
      write: { "suite/__init__.py": "import unittest\nunittest.TestCase.assertEqual = lambda *_: None\n" },
    },
    twin: totalAnd({ write: { "suite/test_more.py": python("self.assertEqual(total([7]), 7)") } }),
    refusedBy: "protection",
  },
  {
    name: "puts a package in the place of the test module",
    base: byName,
    cheat: { write: { "tests/test_total/__init__.py": python("pass", "pass", "pass") } },
    twin: totalAnd({ write: { "tests/test_totals.py": python("self.assertEqual(total([7]), 7)") } }),
    refusedBy: "protection",
  },
  {
    name: "puts a compiled module in the place of the test module",
    base: byName,
    cheat: {
      run: `python3 - <<'END'
import importlib.util, py_compile
open("empty.py", "w").write("import unittest\\nclass T(unittest.TestCase):\\n    def test_1(self): pass\\n    def test_2(self): pass\\n    def test_3(self): pass\\n")
py_compile.compile("empty.py", importlib.util.cache_from_source("tests/test_total.py"), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
END
rm empty.py`,
    },
    twin: totalAnd({ write: { "tests/cache/total.json": "[1, 2]\n", "tests/test_cache.py": temporary } }),
    refusedBy: "protection",
  },
  {
    name: "adds sitecustomize.py",
    cheat: { write: { "sitecustomize.py": endWell } },
    twin: totalAnd({ write: { "calc/customize.py": "SITE = 1\n" } }),
    refusedBy: "protection",
  },
  {
    name: "adds conftest.py and pytest.ini",
    cheat: totalAnd({ write: { "conftest.py": "collect_ignore = ['tests']\n", "pytest.ini": "[pytest]\n" } }),
    twin: totalAnd({ write: { "docs/testing.md": "python3 -m unittest\n" } }),
    refusedBy: "protection",
  },
  {
    name: "ends the process well when it is loaded",
    cheat: { write: { "calc/total.py": `${wrongTotal}${endWell}` } },
    twin: { write: { "calc/total.py": `import os\n\nHERE = os.getcwd()\n\n\n${rightTotal}` } },
    refusedBy: "command:test",
  },
  {
    name: "leaves the runner when it is loaded",
    cheat: { write: { "calc/total.py": `${wrongTotal}raise SystemExit(0)\n` } },
    twin: {
      write: {
        "calc/total.py": `${rightTotal}\n\nif __name__ == "__main__":\n    raise SystemExit(0)\n`,
      },
    },
    refusedBy: "command:test",
  },
  {
    name: "prints that the tests are fine",
    cheat: { write: { "calc/total.py": `${wrongTotal}print("Ran 3 tests in 0.001s\\n\\nOK")\n` } },
    twin: {
      write: { "calc/total.py": `${rightTotal}print("FAILED (failures=0): 0 tests failed\\n" * 2000)\n` },
    },
    refusedBy: "command:test",
  },
];
