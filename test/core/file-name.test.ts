import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clashingNames, problemWithFileName } from "../../core/file-name.ts";

describe("problemWithFileName", () => {
  it.each([
    ["src/a.ts"],
    ["README.md"],
    [".github/workflows/ci.yml"],
    ["docs/отчёт.md"],
    ["docs/Ελληνικά.md"],
    ["文档/説明.md"],
    ["src/ünïcödé-été.txt"],
    ["src/[slug]/page (copy).tsx"],
    ["u\u0308.txt"],
    ["a_b-c+d@2x~1.png"],
    ["العربية.md"],
  ])("given the honest name %j, then nothing is wrong with it", (path) => {
    expect(problemWithFileName(path)).toBeNull();
  });

  it.each([
    ["a\nb", "line break"],
    ["a\rb", "line break"],
    ["a\tb", "control character"],
    ["a\u001b[31mb", "control character"],
    ["a\u0085b", "control character"],
    ["a\u2028b", "line break"],
    ["src/a\u202egnp.ts", "direction of writing"],
    ["a\u2066b", "direction of writing"],
    ["a\u200bb.ts", "not seen"],
    ["a\ufeffb.ts", "not seen"],
    ["a\u00adb.ts", "not seen"],
    ["a\u3164b.ts", "not seen"],
    ["a\ufe0fb.ts", "not seen"],
    ["a\u{e0041}b", "not seen"],
    ["a\ufffdb", "not UTF-8"],
    ["a\ue000b", "without a meaning"],
    ["-rf", "begins with a dash"],
    ["src/--config=x", "begins with a dash"],
    ["src/a.ts ", "space"],
    ["src /a.ts", "space"],
    ["src\u2215a.ts", "a different form"],
    ["ｓｒｃ/a.ts", "a different form"],
    ["a\u00a0b.ts", "a different form"],
    ["ﬁle.ts", "a different form"],
    ["src/p\u0430ckage.json", "look like Latin"],
    ["src/\u0430\u0440\u0435.js", "look like Latin"],
    ["s\u03bfurce.ts", "look like Latin"],
  ])("given %j, then the problem says: %s", (path, says) => {
    expect(problemWithFileName(path)).toContain(says);
  });

  it("given any name of ASCII letters and digits, then nothing is wrong with it", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9_.]{1,20}(\/[a-zA-Z0-9_.]{1,20}){0,3}$/), (path) => {
        expect(problemWithFileName(path)).toBeNull();
      }),
    );
  });
});

describe("clashingNames", () => {
  it("given names that differ in case or accents' form alone, then each new one names the other", () => {
    const all = ["src/a.ts", "src/A.ts", "Src/b.ts", "caf\u00e9", "cafe\u0301", "other"];
    expect(Object.fromEntries(clashingNames(["src/A.ts", "Src/b.ts", "cafe\u0301"], all))).toEqual({
      "src/A.ts": "src/a.ts",
      "Src/b.ts": "src",
      "cafe\u0301": "caf\u00e9",
    });
  });

  it("given a folder that was there in two spellings, then a new file in it is not to blame", () => {
    expect(clashingNames(["src/c.ts"], ["src/a.ts", "Src/b.ts", "src/c.ts"]).size).toBe(0);
  });

  it("given new names unlike all others, then there is no clash", () => {
    expect(clashingNames(["src/c.ts"], ["src/a.ts", "src/b.ts", "src/c.ts"]).size).toBe(0);
  });
});
