import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RpcError } from "../../../codex/bridge/json-rpc.ts";
import type {
  CommandExecutionRequestApprovalParams,
  FileChangeRequestApprovalParams,
  PermissionsRequestApprovalParams,
  ToolRequestUserInputParams,
} from "../../../codex/bridge/protocol.ts";
import type { Reply } from "../../../codex/bridge/reply.ts";
import { decidable, standingAnswer } from "../../../codex/bridge/server-requests.ts";
import { createTranslator } from "../../../codex/bridge/translate/translator.ts";
import { currentCodex } from "../../support/mcp-process.ts";
import { scratchDirectory } from "../../support/scratch.ts";

const about = { threadId: "t", turnId: "u", itemId: "i", startedAtMs: 1 };
const command: CommandExecutionRequestApprovalParams = {
  ...about,
  kind: "command",
  environmentId: null,
  command: "bash -lc 'touch x'",
  cwd: "/work",
};
const patch: FileChangeRequestApprovalParams = { ...about };
const permissions: PermissionsRequestApprovalParams = {
  ...about,
  environmentId: null,
  cwd: "/work",
  reason: null,
  permissions: {
    network: { enabled: true },
    fileSystem: { read: ["/a"], write: ["/b"] },
  },
};
const questions: ToolRequestUserInputParams = {
  ...about,
  isBlocking: true,
  autoResolutionMs: null,
  questions: [
    { id: "q", header: "Colour", question: "Which?", isOther: false, isSecret: false, options: null },
    {
      id: "r",
      header: "Size",
      question: "How big?",
      isOther: false,
      isSecret: false,
      options: [{ label: "big", description: "" }],
    },
  ],
};
const form = {
  threadId: "t",
  turnId: null,
  serverName: "s",
  mode: "form",
  message: "Who?",
  requestedSchema: {},
};

const reply = (decision: Reply["decision"], content: Reply["content"] = {}): Reply => ({ decision, content });
const answer = (method: string, given: Reply, params: unknown): unknown =>
  decidable[method]?.answer(given, params);

it("given every request that the pinned Codex may make, then each has an answer of its own or is refused in words", () => {
  const out = scratchDirectory("types");
  execFileSync(currentCodex, ["app-server", "generate-ts", "--out", out]);
  const union = readFileSync(join(out, "ServerRequest.ts"), "utf8");
  const methods = [...union.matchAll(/"method": "([^"]+)"/g)].map(([, method = ""]) => method);
  const refusedAsError = ["account/chatgptAuthTokens/refresh", "attestation/generate"];
  const standing = ["item/tool/call", "applyPatchApproval", "execCommandApproval"];
  expect(methods.toSorted()).toEqual([...Object.keys(decidable), ...standing, ...refusedAsError].toSorted());
  for (const method of refusedAsError) expect(() => standingAnswer(method)).toThrow(RpcError);
});

it("given a tool that we do not have, or an approval of the first protocol, then the answer is a refusal of its shape", () => {
  expect(standingAnswer("item/tool/call")).toEqual({
    contentItems: [{ type: "inputText", text: expect.any(String) }],
    success: false,
  });
  for (const method of ["applyPatchApproval", "execCommandApproval"]) {
    expect(standingAnswer(method)).toEqual({ decision: { denied: { rejection: expect.any(String) } } });
  }
  expect(() => standingAnswer("brand/new")).toThrow("'brand/new' is not supported");
});

describe("given a decision", () => {
  it.each([
    ["approved", "accept"],
    ["approved_for_session", "acceptForSession"],
    ["denied", "decline"],
    ["abort", "cancel"],
  ] as const)("when a command or patch is %s, then Codex is told %s", (decision, told) => {
    expect(answer("item/commandExecution/requestApproval", reply(decision), command)).toEqual({
      decision: told,
    });
    expect(answer("item/fileChange/requestApproval", reply(decision), patch)).toEqual({ decision: told });
  });

  it("when permissions are granted, then those that were asked for and none else; refused, then none", () => {
    const method = "item/permissions/requestApproval";
    expect(answer(method, reply("approved"), permissions)).toEqual({
      permissions: permissions.permissions,
      scope: "turn",
    });
    expect(answer(method, reply("approved_for_session"), permissions)).toMatchObject({ scope: "session" });
    for (const decision of ["denied", "abort"] as const) {
      expect(answer(method, reply(decision), permissions)).toEqual({ permissions: {}, scope: "turn" });
    }
    const networkAlone = { ...permissions, permissions: { network: { enabled: true }, fileSystem: null } };
    expect(answer(method, reply("approved"), networkAlone)).toEqual({
      permissions: { network: { enabled: true } },
      scope: "turn",
    });
  });

  it("when a form comes back with permissions of its own, then they are not granted", () => {
    const wider = { permissions: { fileSystem: { write: ["/"] } }, scope: "session" };
    expect(answer("item/permissions/requestApproval", reply("approved", wider), permissions)).toEqual({
      permissions: permissions.permissions,
      scope: "turn",
    });
  });

  it("when questions are answered, then each that was asked, by its id; refused, then none", () => {
    const method = "item/tool/requestUserInput";
    const given = reply("approved", { q: "blue", r: 7, other: "x" });
    expect(answer(method, given, questions)).toEqual({ answers: { q: { answers: ["blue"] } } });
    expect(answer(method, reply("denied", { q: "blue" }), questions)).toEqual({ answers: {} });
  });

  it.each([
    ["approved", "accept", { name: "x" }],
    ["denied", "decline", null],
    ["abort", "cancel", null],
  ] as const)(
    "when the form of another MCP server is %s, then it is told %s",
    (decision, action, content) => {
      const given = reply(decision, { name: "x" });
      expect(answer("mcpServer/elicitation/request", given, form)).toEqual({ action, content, _meta: null });
    },
  );
});

describe("given a question", () => {
  const translator = createTranslator("t");

  it("when it is about a command, then it says which, and where", () => {
    expect(decidable["item/commandExecution/requestApproval"]?.ask(command, translator)).toMatchObject({
      kind: "exec-approval",
      message: "Allow Codex to run `bash -lc 'touch x'` in `/work`?",
      callId: "i",
      fields: { codex_command: ["bash", "-lc", "touch x"], codex_cwd: "/work" },
      event: { type: "exec_approval_request", call_id: "i" },
    });
  });

  it("when it is a form, then its schema is passed on", () => {
    expect(decidable["item/tool/requestUserInput"]?.ask(questions, translator)).toMatchObject({
      kind: "user-input",
      requestedSchema: {
        properties: { q: { type: "string", title: "Colour" }, r: { enum: ["big"] } },
      },
    });
    expect(decidable["mcpServer/elicitation/request"]?.ask(form, translator)).toMatchObject({
      kind: "mcp-elicitation",
      message: "Who?",
      fields: { codex_mcp_server: "s" },
    });
  });
});

it("property: given any permissions, then what is granted is a part of what was asked for", () => {
  fc.assert(
    fc.property(
      fc.record({
        network: fc.option(fc.record({ enabled: fc.option(fc.boolean()) })),
        fileSystem: fc.option(fc.record({ read: fc.array(fc.string()), write: fc.array(fc.string()) })),
      }),
      fc.constantFrom<Reply["decision"]>("approved", "approved_for_session", "denied", "abort"),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (wanted, decision, content) => {
        const params = { ...permissions, permissions: wanted };
        const given = answer("item/permissions/requestApproval", reply(decision, content), params);
        const { permissions: granted } = given as { permissions: Record<string, unknown> };
        for (const [name, value] of Object.entries(granted)) {
          expect(value).toEqual(Reflect.get(wanted, name));
          expect(decision.startsWith("approved")).toBe(true);
        }
      },
    ),
  );
});
