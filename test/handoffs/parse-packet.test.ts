import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { limits } from "../../core/limits.ts";
import type { PacketKind } from "../../handoffs/packets.ts";
import { parsePacket } from "../../handoffs/parse-packet.ts";

const task = {
  id: "a",
  title: "t",
  description: "d",
  scope: ["src/**"],
  dependsOn: [],
  commands: ["test"],
  artifacts: [],
};
const packets: Record<PacketKind, Record<string, unknown>> = {
  plan: { summary: "s", tasks: [task] },
  "work-report": {
    taskId: "a",
    status: "done",
    summary: "s",
    artifacts: [{ path: "src/a", sha256: "0".repeat(64) }],
  },
  review: { verdict: "reject", summary: "s", findings: [{ taskId: "a", path: null, message: "m" }] },
};
const kinds = Object.keys(packets) as PacketKind[];

function problemsOf(kind: PacketKind, answer: string | null): string {
  const parsed = parsePacket(kind, answer);
  return parsed.ok ? "none" : parsed.problems.join("\n");
}

describe.each(kinds)("given a %s", (kind) => {
  const packet = packets[kind];
  const json = JSON.stringify(packet, null, 2);

  it("when it is bare, among white space or one fenced block, then it is read", () => {
    const fence = "```";
    for (const answer of [
      json,
      `\n\t ${json}\r\n`,
      `\uFEFF${json}`,
      `${fence}json\n${json}\n${fence}`,
      `${fence}\r\n${json}\r\n${fence}\n`,
    ]) {
      expect(parsePacket(kind, answer)).toEqual({ ok: true, packet });
    }
  });

  it("when text or a second value stands beside it, then it is refused", () => {
    const fence = "```";
    for (const answer of [
      `Here you are: ${json}`,
      `${json} Done.`,
      `${json}${json}`,
      `${json},`,
      `Text\n${fence}json\n${json}\n${fence}`,
      `${fence}json\n${json}\n${fence}\nText`,
      `${fence}json\n${json}\n${fence}\n${fence}json\n${json}\n${fence}`,
      `${fence}yaml\n${json}\n${fence}`,
      `${fence}json\n${json}`,
    ]) {
      expect(problemsOf(kind, answer)).toContain("expected one JSON value and nothing else");
    }
  });

  it("when it is one of another kind, a list or a plain value, then it is refused", () => {
    for (const other of kinds.filter((name) => name !== kind))
      expect(problemsOf(kind, JSON.stringify(packets[other]))).not.toBe("none");
    for (const answer of ["null", "[]", "1", '"x"', `[${json}]`, JSON.stringify(json)])
      expect(problemsOf(kind, answer)).not.toBe("none");
  });

  it("when a member is added, at the root or deeper, then it is refused by its name", () => {
    for (const name of ["sandbox", "cwd", "approvalPolicy", "tools", "model", "toString"])
      expect(problemsOf(kind, JSON.stringify({ ...packet, [name]: "x" }))).toContain(`"${name}"`);
    const list = Object.entries(packet).find(([, member]) => Array.isArray(member));
    const [name = "", members] = list ?? [];
    const deeper = (members as object[]).map((member) => ({ ...member, sandbox: "x" }));
    expect(problemsOf(kind, JSON.stringify({ ...packet, [name]: deeper }))).toContain('"sandbox"');
  });

  it("when a member is missing, then it is refused by its name", () => {
    for (const name of Object.keys(packet))
      expect(problemsOf(kind, JSON.stringify({ ...packet, [name]: undefined }))).toContain(`${name}: `);
  });

  it("when a member stands twice, the last of them good, then it is refused by its name", () => {
    for (const name of Object.keys(packet)) {
      const twice = json.replace("{", `{"${name}": "another",`);
      expect(JSON.parse(twice)).toEqual(packet);
      expect(problemsOf(kind, twice)).toBe(`the key '${name}' stands twice in one object`);
    }
  });

  it.each(["__proto__", "constructor", "prototype"])(
    "when a member is called %s, at any depth and however it is written, then it is refused",
    (name) => {
      const escaped = Array.from(name)
        .map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`)
        .join("");
      for (const written of [name, escaped]) {
        const root = json.replace("{", `{"${written}": {"ok": true},`);
        const deep = json.replace(/\[\s*\{/, `[{"${written}": 1,`);
        expect(deep).toContain(`"${written}": 1`);
        for (const answer of [root, deep]) expect(problemsOf(kind, answer)).toContain("is not allowed");
      }
      expect(({} as { ok?: unknown }).ok).toBeUndefined();
    },
  );
});

test("given no answer, an empty one or white space, when it is read, then it says so", () => {
  for (const answer of [null, "", " \n\t"])
    expect(problemsOf("plan", answer)).toBe("expected a plan as JSON, found an empty answer");
  expect(problemsOf("plan", "```json\n\n```")).toContain("expected one JSON value");
});

test("given an answer over the limit in bytes, though not in characters, when it is read, then it is refused", () => {
  const { answerBytes } = limits;
  const answer = JSON.stringify({ summary: "é".repeat(answerBytes / 2), tasks: [] });
  expect(answer.length).toBeLessThan(answerBytes);
  expect(problemsOf("plan", answer)).toMatch(
    new RegExp(`^expected at most ${answerBytes} bytes, found \\d+$`),
  );
  expect(problemsOf("plan", " ".repeat(100 * 1024 * 1024))).toContain("found an empty answer");
});

test("given an answer with very many problems, when it is read, then some are told", () => {
  const tasks = Array.from({ length: 50 }, () => ({}));
  const parsed = parsePacket("plan", JSON.stringify({ summary: "s", tasks }));
  expect(parsed).toMatchObject({ ok: false, problems: { length: limits.findingsPerGate } });
});

test("given a value of great depth, when it is read, then it is refused and nothing breaks", () => {
  const deep = 100_000;
  expect(problemsOf("plan", "[".repeat(deep) + "]".repeat(deep))).not.toBe("none");
  expect(problemsOf("plan", '{"a":'.repeat(40_000))).not.toBe("none");
});

test("given a review that rejects without a finding, when it is read, then it is refused", () => {
  expect(problemsOf("review", '{"verdict":"reject","summary":"s","findings":[]}')).toContain(
    "at least one finding",
  );
  expect(parsePacket("review", '{"verdict":"accept","summary":"s","findings":[]}').ok).toBe(true);
});

test("given a report whose artifact is outside of the repository, when it is read, then it is refused", () => {
  for (const path of ["/etc/passwd", "../a", ".git/config", "a/../../b"]) {
    const artifacts = [{ path, sha256: "0".repeat(64) }];
    expect(problemsOf("work-report", JSON.stringify({ ...packets["work-report"], artifacts }))).toContain(
      "artifacts.0.path: ",
    );
  }
  const artifacts = [{ path: "a", sha256: "A".repeat(64) }];
  expect(problemsOf("work-report", JSON.stringify({ ...packets["work-report"], artifacts }))).toContain(
    "hex",
  );
});

describe("given anything at all as an answer", () => {
  const almost = fc.constantFrom(...kinds).chain((kind) =>
    fc.tuple(fc.nat(400), fc.nat(20), fc.string({ unit: "binary", maxLength: 10 })).map(([at, cut, put]) => {
      const json = JSON.stringify(packets[kind]);
      return json.slice(0, at) + put + json.slice(at + cut);
    }),
  );
  const answers = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    almost,
    fc.json().map((json) => `\`\`\`json\n${json}\n\`\`\``),
  );

  it("then reading never throws, and problems are lines that say something", () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), answers, (kind, answer) => {
        const parsed = parsePacket(kind, answer);
        if (parsed.ok) return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        expect(parsed.problems.length).toBeLessThanOrEqual(limits.findingsPerGate);
        for (const problem of parsed.problems) expect(problem.trim()).not.toBe("");
      }),
      { numRuns: 3000 },
    );
  });
});
