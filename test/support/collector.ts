import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code: number };
  attributes: { key: string; value: Record<string, unknown> }[];
}

export interface Collector {
  url: string;
  requests: { path: string; service: unknown; spans: OtlpSpan[] }[];
}

/** A real OTLP receiver on loopback, ended with the test. `answer` stands in for its own answer, which is 200. */
export async function startCollector(answer?: RequestListener): Promise<Collector> {
  const requests: Collector["requests"] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      const [resource] = body.resourceSpans;
      const service = resource.resource.attributes.find(
        ({ key }: { key: string }) => key === "service.name",
      )?.value;
      requests.push({
        path: `${request.method} ${request.url} ${request.headers["content-type"]}`,
        service,
        spans: resource.scopeSpans[0].spans,
      });
      if (answer !== undefined) answer(request, response);
      else response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
