import { execFile } from "node:child_process";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createSpanExport } from "../../tracing/export-spans.ts";
import { spansOf, type Span } from "../../tracing/spans-of.ts";
import { startCollector, type OtlpSpan } from "../support/collector.ts";
import { manySpans } from "../support/many-spans.ts";
import { seededDice } from "../support/seeded-dice.ts";
import { simulateRun } from "../support/simulated-run.ts";

const execute = promisify(execFile);

/** A span as it must arrive. */
function asSent(span: Span): Partial<OtlpSpan> {
  const nanoseconds = (time: string | null): string => String(BigInt(Date.parse(time ?? "")) * 1_000_000n);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentId === null ? {} : { parentSpanId: span.parentId }),
    name: span.name,
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds(span.endTime),
    status: { code: span.ok ? 1 : 2 },
    attributes: Object.entries(span.attributes).map(([key, value]) => ({
      key,
      value: typeof value === "number" ? { intValue: value } : { stringValue: value },
    })),
  };
}

test("given a collector, when a run's events are observed, then every span that ended arrives there whole", async () => {
  const collector = await startCollector();
  const { events } = simulateRun(seededDice(7, 15), 5000);
  const spans = await createSpanExport({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` });
  for (const event of events) spans?.observe(event);
  const ended = spansOf(events).filter(({ endTime }) => endTime !== null);
  expect(await spans?.shutdown()).toEqual({ exported: ended.length, dropped: 0 });
  expect(ended.length).toBeGreaterThan(20);
  const arrived = new Map(
    collector.requests.flatMap(({ spans: some }) => some).map((span) => [span.spanId, span]),
  );
  expect(arrived.size).toBe(ended.length);
  for (const span of ended) expect(arrived.get(span.spanId)).toMatchObject(asSent(span));
  for (const { path, service } of collector.requests) {
    expect(path).toBe("POST /v1/traces application/json");
    expect(service).toEqual({ stringValue: "portcullis" });
  }
});

test("given a run that goes on, when a span ends, then it arrives without waiting for the end of the run", async () => {
  const collector = await startCollector();
  const spans = await createSpanExport({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/own` });
  for (const event of manySpans(1).slice(0, -1)) spans?.observe(event);
  await expect.poll(() => collector.requests.length, { timeout: 20_000 }).toBe(1);
  expect(collector.requests[0]).toMatchObject({ path: expect.stringContaining("/own") });
  expect(collector.requests[0]?.spans.map(({ name }) => name)).toEqual(["stage-1"]);
  expect(await spans?.shutdown()).toEqual({ exported: 1, dropped: 0 });
});

test("given no collector in the environment, when an export is asked for, then there is none", async () => {
  expect(await createSpanExport({})).toBeNull();
  expect(
    await createSpanExport({ OTEL_EXPORTER_OTLP_ENDPOINT: "", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "" }),
  ).toBeNull();
});

/** What a process of its own that sends so many spans says, and how long it took to send the last ones and to end. */
async function exportAndEnd(endpoint: string, stages: number): Promise<unknown> {
  const program = join(import.meta.dirname, "processes/export-and-end.ts");
  const { stdout } = await execute(process.execPath, [program, String(stages)], {
    env: { PATH: process.env["PATH"], OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
    timeout: 30_000,
  });
  return JSON.parse(stdout);
}

const silent: RequestListener = () => undefined;
const dripping: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const drip = setInterval(() => response.write(" "), 100);
  response.on("close", () => clearInterval(drip));
};
const refusing: RequestListener = (_request, response) => response.writeHead(400).end();
const busy: RequestListener = (_request, response) =>
  response.writeHead(503, { "retry-after": "3600" }).end();

test.each<[string, RequestListener]>([
  ["never answers", silent],
  ["answers a byte at a time for ever", dripping],
  ["refuses", refusing],
  ["asks to come back in an hour", busy],
])(
  "given a collector that %s, when a process has spans to send, then it ends and counts them",
  async (_name, answer) => {
    const collector = await startCollector(answer);
    expect(await exportAndEnd(collector.url, 1500)).toEqual({ exported: 0, dropped: 1501 });
    expect(collector.requests.length).toBeGreaterThan(0);
  },
);

test.each(["http://127.0.0.1:1", "http://collector.invalid", "no address", "http://"])(
  "given nobody at '%s', when a process has spans to send, then it ends and counts them",
  async (endpoint) => {
    expect(await exportAndEnd(endpoint, 3)).toEqual({ exported: 0, dropped: 4 });
  },
);

test("given more spans at once than may wait, when they are sent, then the rest is dropped and counted", async () => {
  const collector = await startCollector();
  const spans = await createSpanExport({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  for (const event of manySpans(6000)) spans?.observe(event);
  const sent = await spans?.shutdown();
  expect(sent).toEqual({ exported: 5001, dropped: 1000 });
  expect(collector.requests.flatMap(({ spans: some }) => some)).toHaveLength(5001);
});
