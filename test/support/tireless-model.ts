import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { noUsage } from "../../core/usage.ts";
import { newInput } from "../../replay/new-input.ts";
import { playStep, sendError } from "../../replay/play-step.ts";
import { readBody } from "../../replay/read-body.ts";
import { renderings } from "../../replay/render-response.ts";
import type { ItemAction } from "../../replay/script.ts";

/** All that a worker does when it is told that, whichever attempt it is. `worker`: without its number, e.g. `plan/plan`. */
export type Behaviour = (worker: string, prompt: string) => readonly ItemAction[];

export interface TirelessModel {
  /** For workers of a run, with `{worker}` in it. */
  codexSettings: Readonly<Record<string, unknown>>;
  model: string;
  /** What nobody should have asked for. */
  problems: readonly string[];
  close(): Promise<void>;
}

interface Item {
  type?: string;
  role?: string;
  content?: string | readonly { text?: string }[];
}

/**
 * A model that remembers nothing: what it answers follows from the request alone, so that any attempt, in a new or a resumed thread, comes to
 * the same. It lives in the process that calls this and outlives the runs.
 */
export async function serveTirelessModel(behave: Behaviour): Promise<TirelessModel> {
  const problems: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response, behave).catch((error: unknown) => {
      problems.push(`${request.url}: ${String(error)}`);
      sendError(response, 400, String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/{worker}/v1`;
  return {
    codexSettings: {
      model_provider: "script",
      model_providers: { script: { name: "script", base_url, wire_api: "responses" } },
    },
    model: "gpt-5.5",
    problems,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

let answers = 0;

async function answer(request: IncomingMessage, response: ServerResponse, behave: Behaviour): Promise<void> {
  if (request.method !== "POST") return sendError(response, 404, "no models are listed");
  const worker = decodeURIComponent(request.url?.split("/")[1] ?? "").replace(/#\d+$/, "");
  const body = await readBody(request, 32 * 1024 * 1024);
  // A client that was killed while it asked.
  if (body === null) return void response.destroy();
  const { input } = JSON.parse(body) as { input: readonly Item[] };
  const prompted = input.findLastIndex(({ role }) => role === "user");
  const taken = input.slice(prompted + 1).filter(isOfModel).length;
  const failed = newInput(input).results.find(({ exitCode }) => exitCode !== 0);
  if (failed !== undefined) throw new Error(`step ${taken} failed: ${failed.output.slice(0, 500)}`);
  const action = behave(worker, textOf(input[prompted]))[taken];
  if (action === undefined) throw new Error(`nothing more is to be done after ${taken} steps`);
  answers += 1;
  const id = `step_${answers}`;
  playStep(response, renderings["responses-1"], {
    step: { do: action },
    ids: [`call_${answers}`],
    id,
    usage: noUsage,
  });
}

function isOfModel({ role, type }: Item): boolean {
  return role === "assistant" || type === "function_call" || type === "custom_tool_call";
}

function textOf(item: Item | undefined): string {
  const content = item?.content ?? "";
  return typeof content === "string" ? content : content.map(({ text }) => text ?? "").join("");
}
