import { createLogUpdate } from "log-update";
import type { EventEnvelope, WorkerActivity } from "../index.ts";
import type { GlobalOptions } from "./command.ts";
import { duration, firstLine, painter, paintOutcome, type Paint } from "./print.ts";
import { atMostEvery30s, troubleLine } from "./trouble.ts";

const frameMs = 200;

export interface Progress {
  event(envelope: EventEnvelope): void;
  activity(attemptId: string, activity: WorkerActivity): void;
  notice(text: string): void;
  /** Keeps the living line away until what it gives is called. */
  hold(): () => void;
  stop(): void;
}

/** What happens, a line each; on a terminal also one that lives: the attempt, what its worker does, tokens and time. */
export function showProgress(options: GlobalOptions): Progress {
  const paint = painter(options);
  const live = process.stdout.isTTY ? createLogUpdate(process.stdout) : null;
  const started = Date.now();
  let doing = "";
  let troubled = false;
  let tokens = 0;
  let held = false;
  const clock = (): string => paint("dim", duration(Date.now() - started).padStart(8));
  const say = (line: string): void => {
    live?.clear();
    process.stdout.write(`${clock()}  ${line}\n`);
  };
  const frame = (): void => {
    if (doing !== "" && !held) live?.(`${clock()}  ${paint("dim", `… ${doing} · ${tokens} tokens`)}`);
  };
  const timer = live === null ? null : setInterval(frame, frameMs);
  const notice = (text: string): void => void process.stderr.write(`portcullis: ${text}\n`);
  const tell = atMostEvery30s(notice);
  return {
    event(envelope) {
      const { event } = envelope;
      tokens += tokensOf(event);
      doing = doingNow(envelope) ?? doing;
      const line = lineFor(envelope, paint);
      if (line !== null) say(line);
      frame();
    },
    activity(attemptId, activity) {
      const trouble = troubleLine(attemptId, activity);
      if (trouble !== null && live === null) tell(trouble);
      if (trouble !== null || troubled) doing = trouble ?? `${attemptId} works`;
      troubled = trouble !== null;
      if (activity.kind === "command-started") doing = `${attemptId} runs ${firstLine(activity.command, 60)}`;
      if (activity.kind === "patch") doing = `${attemptId} edits ${activity.paths.length} file(s)`;
      if (troubled) frame();
    },
    notice,
    hold() {
      held = true;
      live?.clear();
      return () => (held = false);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      live?.clear();
    },
  };
}

function doingNow({ event, attemptId }: EventEnvelope): string | null {
  if (event.type === "run.finished") return "";
  if (event.type !== "effect.intended") return null;
  const { effect } = event.payload;
  if (effect.kind === "run-turn") return `${attemptId} works`;
  if (effect.kind === "judge") return `gate ${effect.command ?? effect.gate.kind} judges ${attemptId}`;
  return effect.kind === "prepare-environment" ? "dependencies are installed" : null;
}

function tokensOf(event: EventEnvelope["event"]): number {
  if (event.type !== "turn.finished" && event.type !== "gate.judged") return 0;
  const { usage } = event.type === "turn.finished" ? event.payload : event.payload.judgement;
  return usage === undefined ? 0 : usage.inputTokens + usage.outputTokens;
}

function lineFor({ event, attemptId }: EventEnvelope, paint: Paint): string | null {
  switch (event.type) {
    case "run.started": {
      const { codex, baseCommit, leftOut } = event.payload;
      const left =
        leftOut.length === 0 ? "" : `\n          leaves out ${leftOut.length} uncommitted: ${names(leftOut)}`;
      const by = codex === null ? "" : ` with Codex ${codex.version} (${codex.server}, ${codex.reason})`;
      return `run started at ${baseCommit.slice(0, 12)}${by}${left}`;
    }
    case "environment.prepared":
      if (event.payload.key === "none") return null;
      return `dependencies ${event.payload.reused ? "as before" : `installed in ${duration(event.payload.durationMs)}`}`;
    case "stage.started":
      return paint("bold", event.payload.stage);
    case "stage.finished":
      return `${event.payload.stage} ${paintOutcome(paint, event.payload.status)}`;
    case "plan.accepted":
      return `  plan: ${event.payload.tasks.map(({ id, title }) => `${id} (${firstLine(title)})`).join(", ")}`;
    case "attempt.started":
      return `  ${attemptId}`;
    case "turn.finished": {
      const { usage, durationMs, failure } = event.payload;
      const end =
        failure === null ? "" : `  ${paint("red", failure.code)} ${firstLine(failure.message, 200)}`;
      return `    turn  ${duration(durationMs)}, ${usage.inputTokens + usage.outputTokens} tokens${end}`;
    }
    case "approval.decided": {
      const { request, decision } = event.payload;
      return `    ${paint("yellow", decision.decision)}  ${firstLine(request.message, 160)}`;
    }
    case "gate.judged": {
      const { name, verdict, durationMs, findings } = event.payload.judgement;
      const [finding] = findings;
      const why = finding === undefined ? "" : `  ${firstLine(finding.message, 160)}`;
      return `    gate ${name}  ${paintOutcome(paint, verdict)}  ${duration(durationMs)}${why}`;
    }
    case "effect.failed":
      return `    ${paint("red", event.payload.failure.code)}  ${firstLine(event.payload.failure.message, 200)}`;
    case "attempt.finished":
      return `    attempt ${paintOutcome(paint, event.payload.status)}`;
    case "tasks.reopened":
      return `  ${event.payload.taskKeys.join(", ")} reopened`;
    default:
      return null;
  }
}

function names(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).map((path) => firstLine(path, 60));
  return paths.length > shown.length ? `${shown.join(", ")}, …` : shown.join(", ");
}
