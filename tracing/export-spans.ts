import { SpanKind, SpanStatusCode, type SpanContext } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { EventEnvelope } from "../core/events/envelope.ts";
import { applyEvent, type Span } from "./spans-of.ts";

const maxQueued = 5000;
const shutdownMs = 1000;
const batch = 256;

export interface SpanExport {
  observe(envelope: EventEnvelope): void;
  /** Sends what waits, for at most a second; what did not arrive by then is counted as dropped. */
  shutdown(): Promise<{ exported: number; dropped: number }>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Spans to a collector by OTLP over HTTP, as they end, where OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT) is set;
 * else null, and nothing of OpenTelemetry is loaded. A collector that is down or slow changes nothing but the count.
 */
export async function createSpanExport(environment: Variables): Promise<SpanExport | null> {
  const url = tracesUrl(environment);
  if (url === null) return null;
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: shutdownMs });
  const resource = resourceFromAttributes({ "service.name": "portcullis" });
  const spans = new Map<string, Span>();
  const counted = { exported: 0, dropped: 0 };
  let waiting: ReadableSpan[] = [];
  let sending: Promise<void> = Promise.resolve();

  const send = (): void => {
    const some = waiting;
    waiting = [];
    if (some.length === 0) return;
    sending = sending.then(
      () =>
        new Promise((resolve) => {
          exporter.export(some, ({ error }) => {
            if (error === undefined) counted.exported += some.length;
            else counted.dropped += some.length;
            resolve();
          });
        }),
    );
  };

  return {
    observe(envelope) {
      const ended = applyEvent(spans, envelope);
      if (ended === null) return;
      if (waiting.length >= maxQueued) counted.dropped += 1;
      else waiting.push(readableSpan(ended, resource));
      if (waiting.length >= batch) send();
    },
    async shutdown() {
      send();
      const seen = [...spans.values()].filter(({ endTime }) => endTime !== null).length;
      await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, shutdownMs).unref())]);
      void exporter.shutdown().catch(() => undefined);
      return { exported: counted.exported, dropped: seen - counted.exported };
    },
  };
}

function tracesUrl(environment: Variables): string | null {
  const own = environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
  if (own !== undefined && own !== "") return own;
  const base = environment["OTEL_EXPORTER_OTLP_ENDPOINT"];
  return base === undefined || base === "" ? null : `${base.replace(/\/+$/, "")}/v1/traces`;
}

function readableSpan(span: Span, resource: ReadableSpan["resource"]): ReadableSpan {
  const startTime = hrTime(span.startTime);
  const endTime = hrTime(span.endTime ?? span.startTime);
  const context = (spanId: string): SpanContext => ({ traceId: span.traceId, spanId, traceFlags: 1 });
  return {
    name: span.name,
    kind: SpanKind.INTERNAL,
    spanContext: () => context(span.spanId),
    ...(span.parentId === null ? {} : { parentSpanContext: context(span.parentId) }),
    startTime,
    endTime,
    duration: [endTime[0] - startTime[0], endTime[1] - startTime[1]],
    status: { code: span.ok ? SpanStatusCode.OK : SpanStatusCode.ERROR },
    attributes: span.attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: "portcullis" },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function hrTime(time: string): [number, number] {
  const milliseconds = Date.parse(time);
  return [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1_000_000];
}
