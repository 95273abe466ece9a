import { isoTime, type Clock } from "../core/clock.ts";
import { canonicalJson, sha256 } from "../core/digest.ts";
import { PortcullisError } from "../core/errors.ts";
import { chainHash, eventVersion, genesisHash } from "../core/events/envelope.ts";
import type { Ids } from "../core/ids.ts";
import type { AppendRequest } from "../core/ports/event-log.ts";
import type { Redactor } from "../core/redaction.ts";
import { redactStrings } from "./redact-strings.ts";
import type { StoredEvent } from "./stored-event.ts";

export interface SealingTools {
  redactor: Redactor;
  clock: Clock;
  ids: Ids;
}

/** The last event of a run as the log holds it; its payload is not needed. */
export type LastEvent = Omit<StoredEvent, "payload">;

/**
 * Prepares events for the log: redacts, then digests. The function that comes back gives them their place after the last
 * event of the run, and is called where nobody else can append. Error: `log.conflict`.
 */
export function sealEvents(
  request: AppendRequest,
  tools: SealingTools,
): (last: LastEvent | null) => StoredEvent[] {
  const payloads = request.events.map(({ event }) =>
    canonicalJson(redactStrings(event.payload, (text) => tools.redactor.text(text))),
  );
  return (last) => {
    assertExpected(request, last);
    const time = isoTime(tools.clock.now());
    let previous = last;
    return request.events.map((given, index) => {
      const payload = payloads[index] ?? "{}";
      const sealed: StoredEvent = {
        id: tools.ids.event(),
        runId: request.runId,
        sequence: (previous?.sequence ?? 0) + 1,
        type: given.event.type,
        version: eventVersion,
        time,
        actor: given.actor,
        taskKey: given.taskKey,
        attemptId: given.attemptId,
        effectId: given.effectId,
        causationId: given.causationId,
        payload,
        payloadDigest: sha256(payload),
        previousHash: previous === null ? genesisHash : chainHash(previous),
      };
      previous = sealed;
      return sealed;
    });
  };
}

function assertExpected({ runId, expectedSequence }: AppendRequest, last: LastEvent | null): void {
  const found = last?.sequence ?? 0;
  if (found === expectedSequence) return;
  throw new PortcullisError({
    code: "log.conflict",
    kind: "undecided",
    message: `expected run ${runId} to end at event ${expectedSequence}, found event ${found}`,
    remedy: "read the run again and decide again",
    retryable: true,
  });
}
