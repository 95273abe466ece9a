import { expect, test } from "vitest";
import type { Span } from "../../tracing/spans-of.ts";
import { portcullis, runScripted } from "../support/cli.ts";
import { startCollector } from "../support/collector.ts";
import { accept, done, plan, repositoryWith, script, task } from "../support/scripted.ts";

const played = script({
  "plan/plan#1": [plan(task())],
  "execute/work#1": [{ write: "src/a.txt", content: "a\n" }, done()],
  "verify/verify#1": [accept],
});

async function run(endpoint: string): Promise<{ exitCode: number | null; stderr: string; spans: Span[] }> {
  const repository = repositoryWith({ "portcullis.yaml": "commands:\n  test: test -f src/a.txt\n" });
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  const ran = await runScripted(played, ["Write a", "--repo", repository], { env });
  const trace = await portcullis(["trace", "latest", "--json", "--state-dir", ran.stateDirectory]);
  return { exitCode: ran.exitCode, stderr: ran.stderr, spans: JSON.parse(trace.stdout) };
}

test("given a collector, when a run has passed, then it holds the trace that is rebuilt from the log", async () => {
  const collector = await startCollector();
  const { exitCode, spans } = await run(collector.url);
  expect(exitCode).toBe(0);
  const arrived = collector.requests.flatMap(({ spans: some }) => some);
  const ids = (some: readonly { traceId: string; spanId: string }[]): string[] =>
    some.map(({ traceId, spanId }) => `${traceId} ${spanId}`).toSorted();
  expect(ids(arrived)).toEqual(ids(spans));
});

test("given no collector where one should be, when a run has passed, then it has, and the loss is told", async () => {
  const { exitCode, stderr, spans } = await run("http://127.0.0.1:1");
  expect(exitCode).toBe(0);
  expect(stderr).toContain(`${spans.length} spans did not reach the collector`);
});
