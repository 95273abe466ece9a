import { SpanKind, SpanStatusCode, type SpanContext } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { EventEnvelope } from "../core/events/envelope.ts";
import { applyEvent, emptyTrace, type Span } from "./spans-of.ts";

const maxQueued = 5000;
const shutdownMs = 1000;
const maxBatch = 256;

export interface SpanExport {
  /** What had happened before this process: taken into the trace, and sent by nobody a second time. */
  remember(past: readonly EventEnvelope[]): void;
  observe(envelope: EventEnvelope): void;
  /** Sends what waits, for at most a second; what did not arrive by then is counted as dropped. */
  shutdown(): Promise<{ exported: number; dropped: number }>;
}

type Variables = Readonly<Record<string, string | undefined>>;

interface Collector {
  /** Whether the batch arrived. Never rejects. */
  send(batch: ReadableSpan[]): Promise<boolean>;
  /** Nothing that is still under way keeps the process. */
  disconnect(): void;
}

/**
 * Spans to a collector by OTLP over HTTP, as they end, where OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT) is set;
 * else null, and nothing of OpenTelemetry is loaded. A collector that is down or slow changes nothing but the count.
 */
export async function createSpanExport(environment: Variables): Promise<SpanExport | null> {
  const url = tracesUrl(environment);
  if (url === null) return null;
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const resource = resourceFromAttributes({ "service.name": "portcullis" });
  const collector = await connect(url);
  const trace = emptyTrace();
  const counted = { ended: 0, exported: 0 };
  const waiting: ReadableSpan[] = [];
  let pumping: Promise<void> | null = null;

  const sendNext = async (): Promise<void> => {
    const batch = waiting.splice(0, maxBatch);
    if (await collector.send(batch)) counted.exported += batch.length;
  };
  // One request at a time: a slow collector makes batches large, not requests many.
  const pump = async (): Promise<void> => {
    while (waiting.length > 0) await sendNext();
    pumping = null;
  };

  return {
    remember: (past) => past.forEach((envelope) => void applyEvent(trace, envelope)),
    observe(envelope) {
      const ended = applyEvent(trace, envelope);
      if (ended.length === 0) return;
      counted.ended += ended.length;
      const room = ended.slice(0, maxQueued - waiting.length);
      waiting.push(...room.map((span) => readableSpan(span, resource)));
      pumping ??= pump();
    },
    async shutdown() {
      const last = [pumping ?? Promise.resolve()];
      // All at once: each request has a second, and they end together.
      while (waiting.length > 0) last.push(sendNext());
      await within(shutdownMs, Promise.all(last));
      collector.disconnect();
      return { exported: counted.exported, dropped: counted.ended - counted.exported };
    },
  };
}

async function connect(url: string): Promise<Collector> {
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const { Agent } = url.startsWith("https:") ? await import("node:https") : await import("node:http");
  const agent = new Agent({ keepAlive: true });
  const options = { url, timeoutMillis: shutdownMs, httpAgentOptions: () => agent };
  // An address that is none is a collector that is down.
  const exporter = URL.canParse(url) ? new OTLPTraceExporter(options) : null;
  return {
    send: (batch) =>
      new Promise((resolve) => {
        if (exporter === null) return resolve(false);
        exporter.export(batch, ({ error }) => resolve(error === undefined));
      }),
    // A collector that answers a byte at a time outlasts the exporter's own timeout.
    disconnect: () => agent.destroy(),
  };
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, milliseconds);
  await Promise.race([work, timer.promise]);
  clearTimeout(timeout);
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
    duration: hrTimeOf(Date.parse(span.endTime ?? span.startTime) - Date.parse(span.startTime)),
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
  return hrTimeOf(Date.parse(time));
}

function hrTimeOf(milliseconds: number): [number, number] {
  return [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1_000_000];
}
