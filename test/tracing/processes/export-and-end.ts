/** Sends the spans of some runs to the collector of the environment, says what arrived, and ends when nothing holds it. */
import { createSpanExport } from "../../../tracing/export-spans.ts";
import { manySpans } from "../../support/many-spans.ts";

const spans = await createSpanExport(process.env);
for (const envelope of manySpans(Number(process.argv[2]))) spans?.observe(envelope);
process.stdout.write(`${JSON.stringify((await spans?.shutdown()) ?? null)}\n`);
