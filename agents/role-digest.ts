import { digestOf } from "../core/digest.ts";
import type { Briefing, Role } from "./role.ts";

/** One of everything that a prompt may speak of. */
const sample: Briefing = {
  goal: "a goal",
  commands: { test: "true" },
  task: {
    id: "task",
    title: "a title",
    description: "a description",
    scope: ["src/**"],
    dependsOn: [],
    commands: ["test"],
    artifacts: ["a.md"],
  },
  tasks: [],
  changes: [{ path: "src/a.ts", kind: "modified", mode: "100644" }],
  baseCommit: "base",
  attempt: 2,
  findings: [{ gate: "test", message: "an objection", path: null, excerpt: null }],
  continues: true,
};

/** Changes with whatever a role is told, may do or must give. */
export function roleDigest({ access, gives, instructions, prompt }: Role): string {
  const begun = { ...sample, findings: [], continues: false };
  return digestOf([access, gives, instructions, prompt(sample), prompt(begun)]);
}
