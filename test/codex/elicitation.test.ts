import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approvalOf, elicitationAnswer } from "../../codex/elicitation.ts";
import { approvalRequestSchema } from "../../core/approval.ts";

const ids = {
  requestedSchema: { type: "object", properties: {} },
  threadId: "t",
  codex_mcp_tool_call_id: "1",
  codex_event_id: "2",
  codex_call_id: "3",
};

describe("given an elicitation of Codex", () => {
  it("when it asks for a command, then the request has command and folder", () => {
    const params = {
      ...ids,
      message: "Allow it?",
      codex_elicitation: "exec-approval",
      codex_command: ["bash", "-lc", "touch x"],
      codex_cwd: "/work",
      codex_parsed_cmd: [{ type: "unknown" }],
    };
    expect(approvalOf(params)).toEqual({
      kind: "command",
      message: "Allow it?",
      command: ["bash", "-lc", "touch x"],
      directory: "/work",
      paths: null,
    });
  });

  it("when it asks for a patch, then the request has its paths", () => {
    const codex_changes = { "/tree/a": { type: "add", content: "x" }, "/tree/b": { type: "delete" } };
    expect(approvalOf({ ...ids, message: "m", codex_elicitation: "patch-approval", codex_changes })).toEqual({
      kind: "patch",
      message: "m",
      command: null,
      directory: null,
      paths: ["/tree/a", "/tree/b"],
    });
  });

  it.each(["something-new", "", "__proto__", "constructor", undefined])(
    "when its kind is %j, then it is of another kind",
    (codex_elicitation) => {
      expect(approvalOf({ message: "m", codex_elicitation })).toMatchObject({ kind: "other", message: "m" });
    },
  );

  it.each([
    undefined,
    null,
    [],
    "text",
    { codex_elicitation: "exec-approval", codex_command: "rm -rf /" },
    { codex_elicitation: "exec-approval", codex_command: ["rm", 1] },
    { codex_elicitation: "patch-approval", codex_changes: ["a"] },
    { codex_elicitation: 1 },
    { message: 1 },
  ])("when it is unreadable (%j), then it is a request of another kind, with nothing in it", (params) => {
    expect(approvalOf(params)).toEqual({
      kind: "other",
      message: "an elicitation that could not be read",
      command: null,
      directory: null,
      paths: null,
    });
  });

  it("when it is anything at all, then it becomes a request that can be recorded", () => {
    fc.assert(
      fc.property(fc.anything(), (params) => {
        expect(approvalRequestSchema.safeParse(approvalOf(params)).success).toBe(true);
      }),
    );
  });
});

it("given a decision, when it is answered, then both what Codex and what MCP reads say the same", () => {
  const by = { by: "policy", why: "because" };
  expect(elicitationAnswer({ decision: "approved", ...by })).toEqual({
    action: "accept",
    content: {},
    decision: "approved",
  });
  expect(elicitationAnswer({ decision: "denied", ...by })).toEqual({
    action: "decline",
    content: {},
    decision: { denied: { rejection: "because" } },
  });
});
