/** What runners print, as their current versions do: recorded or written after their documentation. */
export const outputs = {
  vitest: `
 RUN  v5.1.1 /x

 ❯ b.test.ts (4 tests | 1 failed | 1 skipped | 1 todo) 6ms

⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  b.test.ts > s > bad
AssertionError: expected 1 to be 2 // Object.is equality

- Expected
+ Received

- 2
+ 1

 ❯ b.test.ts:2:64
    1| import { test } from 'vitest';

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯


 Test Files  1 failed (1)
      Tests  1 failed | 1 passed | 1 skipped | 1 todo (4)
   Start at  02:21:30
   Duration  118ms
`,
  jest: `FAIL ./sum.test.js
  s
    ✓ ok (1 ms)
    ✕ bad (2 ms)
    ○ skipped sk
    ✎ todo td

  ● s › bad

    expect(received).toBe(expected) // Object.is equality

    Expected: 2
    Received: 1

      at Object.toBe (sum.test.js:4:30)

Test Suites: 1 failed, 1 total
Tests:       1 failed, 1 skipped, 1 todo, 1 passed, 4 total
Snapshots:   0 total
Time:        0.414 s
Ran all test suites.
`,
  node: `▶ s
  ✔ ok (0.403942ms)
  ✖ bad (1.367779ms)
  ﹣ sk (0.085106ms) # SKIP
✖ s (2.854114ms)
ℹ tests 4
ℹ suites 1
ℹ pass 1
ℹ fail 1
ℹ cancelled 0
ℹ skipped 1
ℹ todo 1
ℹ duration_ms 59.62551

✖ failing tests:

test at a.test.js:2:38
✖ bad (1.367779ms)
  AssertionError [ERR_ASSERTION]: 1 == 2
      at TestContext.<anonymous> (file:///x/a.test.js:2:61)
      at Test.run (node:internal/test_runner/test:1402:25) {
    generatedMessage: true,
    code: 'ERR_ASSERTION',
  }
`,
  tap: `TAP version 13
# Subtest: s
    # Subtest: bad
    not ok 1 - bad
      ---
      duration_ms: 3.996367
      type: 'test'
      location: 'test/a.test.js:2:38'
      failureType: 'testCodeFailure'
      error: '1 == 2'
      code: 'ERR_ASSERTION'
      stack: |-
        Test.run (node:internal/test_runner/test:1402:25)
      ...
    # Subtest: td
    not ok 2 - td # TODO
      ---
      duration_ms: 0.07
      ...
    1..2
not ok 1 - s
  ---
  duration_ms: 5.445318
  type: 'suite'
  failureType: 'subtestsFailed'
  error: '1 subtest failed'
  ...
1..1
# tests 4
# suites 1
# pass 1
# fail 1
# cancelled 0
# skipped 1
# todo 1
# duration_ms 55.1
`,
  mocha: `

  s
    ✔ ok
    1) bad
    - sk


  1 passing (10ms)
  2 pending
  1 failing

  1) s
       bad:

      AssertionError [ERR_ASSERTION]: 1 == 2
      + expected - actual

      -1
      +2

      at Context.<anonymous> (test/a.js:4:12)

`,
  pytest: `============================= test session starts ==============================
collected 4 items

test_u.py F.sx                                                           [100%]

=================================== FAILURES ===================================
__________________________________ T.test_bad __________________________________

self = <test_u.T testMethod=test_bad>

>   def test_bad(self): self.assertEqual(1,2)
E   AssertionError: 1 != 2

test_u.py:4: AssertionError
=========================== short test summary info ============================
FAILED test_u.py::T::test_bad - AssertionError: 1 != 2
======= 1 failed, 1 passed, 1 skipped, 1 xfailed, 2 warnings in 75.53s (0:01:15) =======
`,
  unittest: `F.sx
======================================================================
FAIL: test_bad (test_u.T.test_bad)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/x/test_u.py", line 4, in test_bad
    def test_bad(self): self.assertEqual(1,2)
AssertionError: 1 != 2

----------------------------------------------------------------------
Ran 4 tests in 0.001s

FAILED (failures=1, skipped=1, expected failures=1)
`,
  goVerbose: `=== RUN   TestOk
--- PASS: TestOk (0.00s)
=== RUN   TestBad
    a_test.go:8: expected 2, found 1
--- FAIL: TestBad (0.00s)
    a_test.go:9: and more
=== RUN   TestSkip
    a_test.go:12: later
--- SKIP: TestSkip (0.00s)
=== RUN   TestSkipToo
--- SKIP: TestSkipToo (0.00s)
FAIL
FAIL\texample.com/x\t0.002s
FAIL
`,
  goPlain: `ok  \texample.com/x/a\t0.002s
?   \texample.com/x/b\t[no test files]
--- FAIL: TestBad (0.00s)
    a_test.go:8: expected 2, found 1
FAIL
FAIL\texample.com/x/c\t0.002s
ok  \texample.com/x/d\t(cached) [no tests to run]
FAIL
`,
  goJson: [
    { Action: "start", Package: "x" },
    { Action: "run", Package: "x", Test: "TestOk" },
    { Action: "pass", Package: "x", Test: "TestOk", Elapsed: 0 },
    { Action: "output", Package: "x", Test: "TestBad", Output: "=== RUN   TestBad\n" },
    { Action: "output", Package: "x", Test: "TestBad", Output: "    a_test.go:8: expected 2, found 1\n" },
    { Action: "fail", Package: "x", Test: "TestBad", Elapsed: 0 },
    { Action: "skip", Package: "x", Test: "TestSkip", Elapsed: 0 },
    { Action: "skip", Package: "x", Test: "TestSkipToo", Elapsed: 0 },
    { Action: "fail", Package: "x", Elapsed: 0.01 },
  ]
    .map((event) => `${JSON.stringify(event)}\n`)
    .join(""),
  cargo: `
running 4 tests
test tests::ig ... ignored
test tests::ig_too ... ignored
test tests::ok ... ok
test tests::bad ... FAILED

failures:

---- tests::bad stdout ----

thread 'tests::bad' (1098) panicked at src/lib.rs:4:22:
assertion \`left == right\` failed
  left: 1
 right: 2
note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace


failures:
    tests::bad

test result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.06s

error: test failed, to rerun pass \`--lib\`
`,
  junit: `<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="s" tests="99">
  <testcase classname="s" name="ok" time="0.1"/>
  <testcase classname="s" name="a &lt; b" time="0.1">
    <failure message="expected 2, found 1" type="AssertionError"><![CDATA[<testcase name="no"/>]]></failure>
  </testcase>
  <testcase classname="s" name="sk"><skipped/></testcase>
  <testcase classname="s" name="td"><skipped message="later"/></testcase>
  <system-out><![CDATA[<testsuites><testcase name="spoof"/></testsuites>]]></system-out>
</testsuite></testsuites>
`,
};
