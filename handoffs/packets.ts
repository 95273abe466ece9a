import { z } from "zod";
import { planSchema, type Plan } from "./plan.ts";
import { reviewSchema, type Review } from "./review.ts";
import { workReportSchema, type WorkReport } from "./work-report.ts";

/** The packets that cross a boundary between agents. */
export interface Packets {
  plan: Plan;
  "work-report": WorkReport;
  review: Review;
}
export type PacketKind = keyof Packets;

const schemas = { plan: planSchema, "work-report": workReportSchema, review: reviewSchema };

/** The schema as strict Zod; unknown keys are refused. */
export function packetSchema<K extends PacketKind>(kind: K): z.ZodType<Packets[K]> {
  return schemas[kind] as unknown as z.ZodType<Packets[K]>;
}

/** The same schema as JSON Schema (2020-12), for prompts and structured output. */
export function packetJsonSchema(kind: PacketKind): unknown {
  return z.toJSONSchema(schemas[kind]);
}
