import type { ServerResponse } from "node:http";
import type { Usage } from "../core/usage.ts";
import type { Rendering } from "./render-response.ts";
import type { Step } from "./script.ts";
import { itemsOf } from "./take-step.ts";

/** Time for the beginning of a cut stream to reach the client. */
const beforeCutMs = 20;

/** Answers with a step. Gives whether that was a whole response, whose usage counts. */
export function playStep(
  response: ServerResponse,
  rendering: Rendering,
  played: { step: Step; ids: readonly string[]; id: string; usage: Usage },
): boolean {
  const { step, ids, id, usage } = played;
  const items = itemsOf(step);
  if (items !== null) {
    const rendered = items.map((item, index) => rendering.item(item, ids[index] ?? id));
    send(response, rendering.response(id, rendered, usage));
    response.end();
    return true;
  }
  const { do: action } = step;
  if ("fail" in action) {
    sendError(response, action.fail, action.message ?? "the script's server fails");
  } else if ("cut" in action) {
    send(response, rendering.beginning(id));
    cutAfter(response, beforeCutMs);
  } else if ("stall" in action && action.stall !== true) {
    cutAfter(response, action.stall.forMs);
  }
  return false;
}

/** An error as the API has it. */
export function sendError(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { message } }));
}

function send(response: ServerResponse, events: readonly { type: string }[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

function cutAfter(response: ServerResponse, delayMs: number): void {
  const timer = setTimeout(() => response.destroy(), delayMs);
  response.once("close", () => clearTimeout(timer));
}
