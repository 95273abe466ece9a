import type { McpListeners } from "./mcp-client.ts";

/** How we name ourselves to a server. */
export const clientInfo = { name: "portcullis", title: null, version: "0.1.0" } as const;

/** For a server's first answer, and for each of its kinds. */
export const handshakeTimeoutMs = 15_000;

/** While nobody is at work: nothing is listened to, and what is asked is denied. */
export const silentListeners: McpListeners = {
  event: () => undefined,
  approve: () => Promise.resolve({ decision: "denied", by: "policy", why: "no worker is at work" }),
};
