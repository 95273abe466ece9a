import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoGoal, demoScript } from "../../replay/demo-script.ts";
import type { ItemAction, Step } from "../../replay/script.ts";
import { makeDemoRepository } from "../../run-demo.ts";
import type { Behaviour } from "../support/tireless-model.ts";

/** What is killed: a repository, a goal, and what the model does about it. */
export interface Subject {
  goal: string;
  makeRepository(directory: string): Promise<void>;
  behave: Behaviour;
}

/** The demo: a first try that fails a gate, and a second one that was told why. */
export const demo: Subject = {
  goal: demoGoal,
  makeRepository: makeDemoRepository,
  behave(worker, prompt) {
    const { workers } = demoScript;
    if (worker === "plan/plan") return actionsOf(workers["plan/plan#1"]);
    if (worker === "verify/verify") return actionsOf(workers["verify/verify#1"]);
    const told = prompt.includes("command:test");
    return actionsOf(workers[told ? "execute/negation#2" : "execute/negation#1"]);
  },
};

function actionsOf(steps: readonly Step[]): readonly ItemAction[] {
  return steps.map((step) => step.do as ItemAction);
}

const task = {
  id: "work",
  title: "Do the work",
  description: "Do it.",
  scope: ["src/**"],
  dependsOn: [],
  commands: ["test"],
  artifacts: [],
};

/** The same pipeline with as little as it takes: no dependencies, a test that is done at once, one try. */
export const small: Subject = {
  goal: "Do the work",
  makeRepository(directory) {
    mkdirSync(join(directory, "src"), { recursive: true });
    writeFileSync(join(directory, "src/a.txt"), "a\n");
    writeFileSync(join(directory, "portcullis.yaml"), "commands:\n  test: grep -q b src/a.txt\n");
    const git = (...args: string[]) => execFileSync("git", args, { cwd: directory });
    git("init", "--quiet", "--initial-branch=main");
    git("add", "-A");
    git("-c", "user.name=T", "-c", "user.email=t@localhost", "commit", "--quiet", "-m", "base");
    return Promise.resolve();
  },
  behave(worker) {
    if (worker === "plan/plan") return [{ say: { summary: "the plan", tasks: [task] } }];
    if (worker === "verify/verify") return [{ say: { verdict: "accept", summary: "fine", findings: [] } }];
    const report = { taskId: "work", status: "done", summary: "Done.", artifacts: [] };
    return [{ write: "src/a.txt", content: "b\n" }, { run: "cat src/a.txt" }, { say: report }];
  },
};
