import { expect, test } from "vitest";
import { repositoryPathSchema, taskSpecSchema } from "../../core/task.ts";

const task = {
  id: "a",
  title: "A title",
  description: "d",
  scope: ["src/**"],
  dependsOn: [],
  commands: ["test"],
  artifacts: [],
};

function takesScope(glob: string): boolean {
  return taskSpecSchema.safeParse({ ...task, scope: [glob] }).success;
}

const outside = [
  "/etc/passwd",
  "../a",
  "a/../../b",
  "a/..",
  "..",
  "a\\..\\b",
  "C:\\a",
  "a\0b",
  ".git/config",
  ".GIT/hooks/x",
  "sub/.git/config",
  "sub/.Git",
  "./.git/x",
  "./a",
  "a/./b",
  "a//b",
  "",
];

test.each(outside)("given %j, when it is a path or a scope, then it is refused", (path) => {
  expect(repositoryPathSchema.safeParse(path).success).toBe(false);
  expect(takesScope(path)).toBe(false);
});

test.each(["a", ".gitignore", ".github/x", "a/..b", "...", "a..b", "src/(group)/[id]/+page.ts", "a\nb"])(
  "given %j, when it is a path or a scope, then it is taken",
  (path) => {
    expect(repositoryPathSchema.safeParse(path).success).toBe(true);
    expect(takesScope(path)).toBe(true);
  },
);

test.each([
  "!src/**",
  "!a",
  "!(a)",
  "src/!(a)",
  "@(a|b)",
  "+(a)",
  "*(a)",
  "?(a)",
  "a|b",
  "{1..9}",
  "{a,../b}",
])(
  "given the scope '%s', which excludes or is not what it seems, when a task names it, then it is refused",
  (glob) => {
    expect(takesScope(glob)).toBe(false);
  },
);

test.each(["**", "src/**", "src/", "src/*.ts", "{a,b}/**", "a?[b-c]"])(
  "given the scope '%s', when a task names it, then it is taken",
  (glob) => {
    expect(takesScope(glob)).toBe(true);
  },
);

test("given a task without scope, with a title of several lines or none, when it is read, then it is refused", () => {
  for (const title of ["", "  ", "a\n\nPortcullis-Run: other", "a\u0000b", "a\u001B[2J", "a".repeat(201)]) {
    expect([title, taskSpecSchema.safeParse({ ...task, title }).success]).toEqual([title, false]);
  }
  expect(taskSpecSchema.safeParse({ ...task, scope: [] }).success).toBe(false);
  expect(taskSpecSchema.safeParse({ ...task, sandbox: "danger-full-access" }).success).toBe(false);
  expect(taskSpecSchema.safeParse(task).success).toBe(true);
});
