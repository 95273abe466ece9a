/** Where a bridge is not as `codex mcp-server` 0.153.4, on purpose; the names are those of compare-sessions.ts. */
export interface Difference {
  reason: string;
  places: readonly string[];
}

/** Of every bridge, whichever Codex is behind it. */
export const bridged: readonly Difference[] = [
  {
    reason: "the server is asked for its user agent only with the first call",
    places: ["initialize.serverInfo.user_agent: missing"],
  },
  {
    reason: "the app-server tells its sandbox policy instead of the profile that it is made into",
    places: ["session_configured.permission_profile: missing", "session_configured.sandbox_policy: new"],
  },
  {
    reason: "the app-server tells these only after the first response of the model",
    places: [
      "task_started.model_context_window: other value",
      "token_count.rate_limits: other value",
      "task_complete.time_to_first_token_ms: missing",
    ],
  },
  {
    reason: "the app-server does not tell how a patch was approved, nor what applying it printed",
    places: [
      "item_started.item(FileChange).auto_approved: missing",
      "patch_apply_begin.auto_approved: missing",
      "item_completed.item(FileChange).stdout: other value",
      "patch_apply_end.stdout: other value",
    ],
  },
  {
    reason: "a decision allows or refuses this one request; rules are not changed by it",
    places: [
      "exec_approval_request.proposed_execpolicy_amendment: missing",
      "exec_approval_request.available_decisions: missing",
    ],
  },
  {
    reason: "the app-server tells of a command before it is approved, and so before it has a process",
    places: [
      "item_started.item(CommandExecution).process_id: other value",
      "item_started.item(CommandExecution).source: other value",
      "exec_command_begin.process_id: other value",
      "exec_command_begin.source: other value",
    ],
  },
  {
    reason:
      "`denied` is told to the model as what it is; 0.153.4 could not read its own word and said that the request failed",
    places: ["raw_response_item.item(function_call_output).output: other value"],
  },
  {
    reason: "errors name the argument that is wrong, and the arguments that are new",
    places: [
      "mistakes.unknown argument.content[].text: other value",
      "mistakes.wrong type.content[].text: other value",
      "mistakes.unknown sandbox.content[].text: other value",
    ],
  },
  {
    reason: "a failure is named for clients that look, and an id that is none is told as an unknown one",
    places: [
      "mistakes.unknown thread._meta: new",
      "mistakes.no thread's id._meta: new",
      "mistakes.no thread's id.content[].text: other value",
      "mistakes.no thread's id.structuredContent: new",
    ],
  },
  {
    reason:
      "`codex-reply` refuses an unknown argument as `codex` does, where 0.153.4 said nothing and left it out",
    places: [
      "mistakes.reply with an unknown argument.content[].text: other value",
      "mistakes.reply with an unknown argument.structuredContent: missing",
    ],
  },
  {
    reason: "an unknown method is answered by the MCP library, with the same code",
    places: ["mistakes.nope/method.error.message: other value", "mistakes.nope/method.error.data: missing"],
  },
];

/** Of the current Codex itself, whoever speaks with it. */
export const current: readonly Difference[] = [
  { reason: "it is another version", places: ["initialize.serverInfo.version: other value"] },
  {
    reason: "what it tells the model before the prompt is in other words and pieces",
    places: [
      "raw_response_item.item(message).content: other length",
      "raw_response_item.item(message).content[].text: other value",
      "raw_response_item.item(message).internal_chat_message_metadata_passthrough.content_item_kinds: other length",
      "raw_response_item.item(message).internal_chat_message_metadata_passthrough.content_item_metadata: new",
    ],
  },
  { reason: "it has one more limit", places: ["token_count.rate_limits.normal_model_slug: new"] },
];
