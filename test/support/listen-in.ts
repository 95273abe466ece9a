import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** Another address for one on loopback: what is asked there is heard and passed on. Ended with the test. */
export async function listenIn(address: string, heard: (body: unknown) => void): Promise<string> {
  const { origin } = new URL(address);
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      if (request.method === "POST") heard(JSON.parse(body));
      const init = request.method === "POST" ? { method: "POST", body } : {};
      const answer = await fetch(origin + request.url, init);
      response.writeHead(answer.status, {
        "content-type": answer.headers.get("content-type") ?? "text/plain",
      });
      response.end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return address.replace(origin, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
