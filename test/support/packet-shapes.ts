import fc from "fast-check";
import type { PacketKind } from "../../handoffs/packets.ts";

/** Good enough, nine times of ten: else hardly any value would be whole. */
function mostly(good: readonly string[], bad: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constantFrom(...good), weight: 9 },
    { arbitrary: fc.constantFrom(...bad), weight: 1 },
  );
}

const badPaths = ["/a", "../a", "a/../b", ".git/x", "a/.GIT", "./a", "a//b", "a\\b", ""];
const text = mostly(["a", "s"], ["", "a".repeat(300), "a\nb", "\u0000", " "]);
const path = mostly(["src/a", ".a", "a..b"], [...badPaths, "a/"]);
const glob = mostly(
  ["src/**", "{a,b}/*", "**", "a/", "app/(x)/[id]"],
  [...badPaths, "!a", "!(a)", "a|b", "{1..3}", "{a,../b}", "."],
);
const id = mostly(["a", "a-1"], ["A", "-a", "", "a_b"]);
const few = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(of, { maxLength: 2 });
const some = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(of, { minLength: 1, maxLength: 2 });

/** Packets by kind, most of them valid. */
export const packetShapes: Record<PacketKind, fc.Arbitrary<object>> = {
  plan: fc.record({
    summary: text,
    tasks: some(
      fc.record({
        id,
        title: text,
        description: text,
        scope: some(glob),
        dependsOn: few(id),
        commands: few(text),
        artifacts: few(path),
      }),
    ),
  }),
  "work-report": fc.record({
    taskId: id,
    status: mostly(["done", "blocked"], ["passed"]),
    summary: text,
    artifacts: few(fc.record({ path, sha256: mostly(["0".repeat(64)], ["0".repeat(63), "A".repeat(64)]) })),
  }),
  review: fc.record({
    verdict: mostly(["accept", "reject"], ["maybe"]),
    summary: text,
    findings: few(fc.record({ taskId: fc.option(id), path: fc.option(path), message: text })),
  }),
};
