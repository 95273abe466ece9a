import type { StageSpec } from "../core/pipeline.ts";
import type { Change } from "../core/change.ts";
import type { Finding } from "../core/finding.ts";
import type { TaskSpec } from "../core/task.ts";
import type { PacketKind } from "../handoffs/packets.ts";

export type RoleName = NonNullable<StageSpec["role"]>;

/** All that a role may be told. Text of it that others wrote enters a prompt only as marked data. */
export interface Briefing {
  goal: string;
  /** The configuration's commands: name and shell line. */
  commands: Readonly<Record<string, string>>;
  task: TaskSpec | null;
  /** The tasks of the accepted plan; empty before there is one. */
  tasks: readonly TaskSpec[];
  /** What is different from the base, for a role that judges. */
  changes: readonly Change[];
  baseCommit: string;
  attempt: number;
  /** Objections to the attempt before. */
  findings: readonly Finding[];
  /** True where the work tree already holds the attempt before. */
  continues: boolean;
}

/** Who does a stage (or judges for a gate): instructions, sandbox, and the packet that it must give. */
export interface Role<Told = Briefing, Name extends string = RoleName> {
  name: Name;
  access: "read-only" | "write";
  gives: PacketKind;
  /** Standing instructions, the same for every attempt. */
  instructions: string;
  prompt(briefing: Told): string;
}
