import type { CommandEntry } from "./command.ts";

/** Every command that exists; its module is loaded when it is called. */
export const commands: readonly CommandEntry[] = [
  { name: "run", summary: "run a pipeline on a repository", load: () => import("./commands/run.ts") },
  {
    name: "check",
    summary: "a pipeline's gates on any commit, without any agent",
    load: () => import("./commands/check.ts"),
  },
  {
    name: "resume",
    summary: "go on where a run stopped",
    load: () => import("./commands/resume.ts"),
  },
  {
    name: "cancel",
    summary: "end a run in order, from anywhere",
    load: () => import("./commands/cancel.ts"),
  },
  { name: "runs", summary: "list runs", load: () => import("./commands/runs.ts") },
  {
    name: "show",
    summary: "how a run stands, by stage, task and attempt",
    load: () => import("./commands/show.ts"),
  },
  {
    name: "gates",
    summary: "verdicts of a run, with their evidence",
    load: () => import("./commands/gates.ts"),
  },
  {
    name: "artifacts",
    summary: "what a run kept: list it, or write it to a folder",
    load: () => import("./commands/artifacts.ts"),
  },
  { name: "trace", summary: "the timeline of a run", load: () => import("./commands/trace.ts") },
  { name: "events", summary: "the log of a run", load: () => import("./commands/events.ts") },
  {
    name: "audit",
    summary: "whether the log is as it was written",
    load: () => import("./commands/audit.ts"),
  },
  {
    name: "rm",
    summary: "erase what a run said and kept; a tombstone stays",
    load: () => import("./commands/rm.ts"),
  },
  {
    name: "prune",
    summary: "erase runs that ended long ago",
    load: () => import("./commands/prune.ts"),
  },
  {
    name: "init",
    summary: "detect set-up and commands, and write portcullis.yaml",
    load: () => import("./commands/init.ts"),
  },
  {
    name: "pipeline check",
    summary: "whether a pipeline is one, and what it does",
    load: () => import("./commands/pipeline-check.ts"),
  },
  {
    name: "pipeline graph",
    summary: "a pipeline as a Mermaid flowchart",
    load: () => import("./commands/pipeline-graph.ts"),
  },
  {
    name: "doctor",
    summary: "what is wrong with this machine, and which Codex is used",
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "mcp-server",
    summary: "Codex as an MCP server, on every Codex version",
    load: () => import("./commands/mcp-server.ts"),
  },
  {
    name: "demo",
    summary: "the built-in example, offline, with a real Codex",
    load: () => import("./commands/demo.ts"),
  },
];
