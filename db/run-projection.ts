import type { Database } from "better-sqlite3";
import type { EventEnvelope } from "../core/events/envelope.ts";

/** Keeps the line about a run beside its log, in the same transaction. */
export function projectRun(database: Database): (envelope: EventEnvelope) => void {
  const insert = database.prepare(
    "insert into runs values (@id, @goal, @pipeline, 'running', @repository, @branch, @time, null)",
  );
  const finish = database.prepare("update runs set status = @status, finished_at = @time where id = @id");
  return ({ runId: id, time, event }) => {
    if (event.type === "run.started") {
      const { goal, pipeline, repository, branch } = event.payload;
      insert.run({ id, goal, pipeline: pipeline.name, repository: repository.path, branch, time });
    }
    if (event.type === "run.finished") finish.run({ id, status: event.payload.status, time });
  };
}
