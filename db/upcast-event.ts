import { PortcullisError, messageOf } from "../core/errors.ts";
import { eventVersion, type EventEnvelope } from "../core/events/envelope.ts";
import { runEventSchema, type RunEvent } from "../core/events/run-events.ts";
import { erasedPayload, type StoredEvent } from "./stored-event.ts";

/**
 * A row of the log as an event of the present version, checked against its schema. There is one version so far, so that
 * nothing has to be brought up. Errors, naming run and sequence: `log.unreadable` (environment), `run.erased` (usage).
 */
export function upcastEvent(stored: StoredEvent): EventEnvelope {
  const { type: _type, payload: _payload, ...envelope } = stored;
  return { ...envelope, event: checked(stored) };
}

function checked(stored: StoredEvent): RunEvent {
  if (stored.payload === erasedPayload) throw erased(stored);
  if (stored.version > eventVersion) {
    throw unreadable(stored, `version ${stored.version}; version ${eventVersion} is the newest known`);
  }
  let payload: unknown;
  try {
    payload = JSON.parse(stored.payload);
  } catch (error) {
    throw unreadable(stored, messageOf(error));
  }
  const parsed = runEventSchema.safeParse({ type: stored.type, payload });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw unreadable(stored, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not an event"}`);
}

function erased({ runId, sequence }: StoredEvent): PortcullisError {
  return new PortcullisError({
    code: "run.erased",
    kind: "usage",
    message: `expected event ${sequence} of run ${runId} with its content, found that it was erased`,
    remedy: `see what is left of it with portcullis show ${runId}`,
  });
}

function unreadable({ runId, sequence, type }: StoredEvent, found: string): PortcullisError {
  return new PortcullisError({
    code: "log.unreadable",
    kind: "environment",
    message: `expected an event of a known type and form at sequence ${sequence} of run ${runId}, found '${type}' (${found})`,
    remedy: "use the Portcullis that wrote this run, or a newer one",
  });
}
