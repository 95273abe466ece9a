import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface RecordedRequests {
  /** Stands before the server of this address. */
  base_url: string;
  /** Bodies of what was asked, in order. */
  bodies: Record<string, unknown>[];
}

/** Stands between Codex and a model's server, and keeps what is asked; ended with the test. */
export async function recordRequests(target: string): Promise<RecordedRequests> {
  const bodies: Record<string, unknown>[] = [];
  const { origin, pathname } = new URL(target);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      if (request.method === "POST") bodies.push(JSON.parse(body) as Record<string, unknown>);
      void passOn(`${origin}${request.url}`, request.method === "POST" ? body : null, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { base_url: `http://127.0.0.1:${port}${pathname}`, bodies };
}

async function passOn(address: string, body: string | null, response: ServerResponse): Promise<void> {
  const answer = await fetch(address, body === null ? {} : { method: "POST", body });
  response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
  response.end(await answer.text());
}
