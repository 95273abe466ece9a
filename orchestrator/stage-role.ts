import type { Role } from "../agents/role.ts";
import { roleOf } from "../agents/roles.ts";
import type { StageState } from "./state.ts";

/** Who does a stage; null where its gates judge what is there already. */
export function roleOfStage({ spec }: StageState): Role | null {
  return spec.role === null ? null : roleOf(spec.role);
}

/** Whether the stage's workers change the tree. */
export function stageWrites(stage: StageState): boolean {
  return roleOfStage(stage)?.access === "write";
}
