/** The part of the public API that turns a log into a trace. */
export { spansOf, type Span } from "./tracing/spans-of.ts";
export { timelineOf, type TimelineRow } from "./tracing/timeline.ts";
