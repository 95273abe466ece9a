import { z } from "zod";
import { RpcError } from "./json-rpc.ts";
import type {
  CommandExecutionRequestApprovalParams,
  CommandExecutionRequestApprovalResponse,
  DynamicToolCallResponse,
  FileChangeRequestApprovalResponse,
  McpServerElicitationRequestResponse,
  PermissionsRequestApprovalParams,
  PermissionsRequestApprovalResponse,
  ToolRequestUserInputParams,
  ToolRequestUserInputResponse,
} from "./protocol.ts";
import type { Reply } from "./reply.ts";
import { commandList, parsedCommands } from "./translate/commands.ts";
import type { CoreMessage } from "./translate/items.ts";
import { patchChanges } from "./translate/patches.ts";
import type { Translator } from "./translate/translator.ts";

/** What is asked of a person, as `elicitation/create` carries it. */
export interface Question {
  kind: string;
  message: string;
  /** What a form asks for; `codex mcp-server` asked for nothing. */
  requestedSchema?: unknown;
  callId: string;
  /** Members of Codex's own: `codex_command`, `codex_changes`, … */
  fields: Record<string, unknown>;
  /** The event that goes before it, or null. */
  event: CoreMessage | null;
}

interface Kind {
  ask(params: unknown, translator: Translator): Question;
  answer(reply: Reply, params: unknown): unknown;
}

const approvalDecisions = {
  approved: "accept",
  approved_for_session: "acceptForSession",
  denied: "decline",
  abort: "cancel",
} as const;

const command: Kind = {
  ask(given) {
    const params = given as CommandExecutionRequestApprovalParams;
    const list = commandList(params.command ?? "");
    const directory = params.cwd ?? "";
    const parsed = parsedCommands(params.commandActions ?? []);
    return {
      kind: "exec-approval",
      message: `Allow Codex to run \`${params.command ?? ""}\` in \`${directory}\`?`,
      callId: params.itemId,
      fields: { codex_command: list, codex_cwd: directory, codex_parsed_cmd: parsed },
      event: {
        type: "exec_approval_request",
        kind: params.kind,
        call_id: params.itemId,
        turn_id: params.turnId,
        environmentId: params.environmentId,
        started_at_ms: params.startedAtMs,
        command: list,
        cwd: directory,
        reason: params.reason ?? null,
        parsed_cmd: parsed,
      },
    };
  },
  answer: ({ decision }): CommandExecutionRequestApprovalResponse => ({
    decision: approvalDecisions[decision],
  }),
};

const patchParams = z.looseObject({ itemId: z.string(), turnId: z.string(), startedAtMs: z.number() });

const patch: Kind = {
  ask(given, translator) {
    const { itemId, turnId, startedAtMs } = patchParams.parse(given);
    const item = translator.item(itemId);
    const changes = item?.type === "fileChange" ? patchChanges(item.changes) : {};
    return {
      kind: "patch-approval",
      message: "Allow Codex to apply proposed code changes?",
      callId: itemId,
      fields: { codex_changes: changes },
      event: {
        type: "apply_patch_approval_request",
        call_id: itemId,
        turn_id: turnId,
        started_at_ms: startedAtMs,
        changes,
      },
    };
  },
  answer: ({ decision }): FileChangeRequestApprovalResponse => ({ decision: approvalDecisions[decision] }),
};

const permissions: Kind = {
  ask(given) {
    const { itemId, reason, permissions: wanted, cwd } = given as PermissionsRequestApprovalParams;
    return {
      kind: "permissions-approval",
      message: `Allow Codex more permissions in \`${cwd}\`?${reason === null ? "" : ` ${reason}`}`,
      callId: itemId,
      fields: { codex_permissions: wanted, codex_cwd: cwd },
      event: null,
    };
  },
  answer({ decision }, given): PermissionsRequestApprovalResponse {
    const { permissions: wanted } = given as PermissionsRequestApprovalParams;
    const scope = decision === "approved_for_session" ? "session" : "turn";
    if (decision === "denied" || decision === "abort") return { permissions: {}, scope: "turn" };
    return {
      permissions: {
        ...(wanted.network === null ? {} : { network: wanted.network }),
        ...(wanted.fileSystem === null ? {} : { fileSystem: wanted.fileSystem }),
      },
      scope,
    };
  },
};

const userInput: Kind = {
  ask(given) {
    const { questions, itemId } = given as ToolRequestUserInputParams;
    const properties = questions.map(({ id, header, question, options }): [string, unknown] => [
      id,
      {
        type: "string",
        title: header,
        description: question,
        ...(options === null ? {} : { enum: options.map(({ label }) => label) }),
      },
    ]);
    return {
      kind: "user-input",
      message: questions.map(({ question }) => question).join("\n"),
      requestedSchema: { type: "object", properties: Object.fromEntries(properties) },
      callId: itemId,
      fields: { codex_questions: questions },
      event: null,
    };
  },
  answer({ decision, content }, given): ToolRequestUserInputResponse {
    const { questions } = given as ToolRequestUserInputParams;
    if (decision === "denied" || decision === "abort") return { answers: {} };
    const answered = questions.flatMap(({ id }): [string, { answers: string[] }][] => {
      const value = content[id];
      return typeof value === "string" ? [[id, { answers: [value] }]] : [];
    });
    return { answers: Object.fromEntries(answered) };
  },
};

const elicitationParams = z.looseObject({
  message: z.string(),
  serverName: z.string().optional(),
  requestedSchema: z.unknown().optional(),
  url: z.string().optional(),
});

const elicitation: Kind = {
  ask(given) {
    const { message, serverName, requestedSchema, url } = elicitationParams.parse(given);
    return {
      kind: "mcp-elicitation",
      message,
      ...(requestedSchema === undefined ? {} : { requestedSchema }),
      callId: "",
      fields: { codex_mcp_server: serverName ?? null, ...(url === undefined ? {} : { codex_url: url }) },
      event: null,
    };
  },
  answer({ decision, content }): McpServerElicitationRequestResponse {
    if (decision === "abort") return { action: "cancel", content: null, _meta: null };
    if (decision === "denied") return { action: "decline", content: null, _meta: null };
    return {
      action: "accept",
      content: content as McpServerElicitationRequestResponse["content"],
      _meta: null,
    };
  },
};

/** Requests of the app-server that a person can decide. */
export const decidable: Readonly<Record<string, Kind>> = {
  "item/commandExecution/requestApproval": command,
  "item/fileChange/requestApproval": patch,
  "item/permissions/requestApproval": permissions,
  "item/tool/requestUserInput": userInput,
  "mcpServer/elicitation/request": elicitation,
};

/**
 * The answer to a request that nobody is asked about: a tool that we do not have, a token that we do not hold, the approvals
 * of a protocol before this one. What is unknown is refused as an error. Throws `RpcError`.
 */
export function standingAnswer(method: string): unknown {
  switch (method) {
    case "item/tool/call": {
      const text = "this client offers no tools of its own";
      const answer: DynamicToolCallResponse = { contentItems: [{ type: "inputText", text }], success: false };
      return answer;
    }
    case "applyPatchApproval":
    case "execCommandApproval":
      return { decision: { denied: { rejection: "this client speaks the protocol's second version" } } };
    default:
      throw new RpcError(-32_601, `'${method}' is not supported by this client`);
  }
}
