import { executor } from "./executor.ts";
import { planner } from "./planner.ts";
import type { Role, RoleName } from "./role.ts";
import { verifier } from "./verifier.ts";

const roles: Readonly<Record<RoleName, Role>> = { planner, executor, verifier };

/** The registry of roles. */
export function roleOf(name: RoleName): Role {
  return roles[name];
}
