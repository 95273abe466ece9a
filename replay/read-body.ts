import type { IncomingMessage } from "node:http";

/** A request's body, or null where it is longer; then the rest of it is left unread. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    request.once("error", reject);
    request.once("close", () => reject(new Error("the client left in the middle of a request")));
    request.once("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("data", function take(chunk: Buffer) {
      bytes += chunk.length;
      if (bytes <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      request.off("data", take).pause();
      resolve(null);
    });
  });
}
