// Generated from `codex app-server generate-ts` of codex-cli 0.169.0 by `npm run codex:types`. Do not edit.
export type AbsolutePathBuf = string;
export type AdditionalFileSystemPermissions = {
read: Array<LegacyAppPathString> | null,
write: Array<LegacyAppPathString> | null, globScanMaxDepth?: number, entries?: Array<FileSystemSandboxEntry>, };
export type AdditionalNetworkPermissions = { enabled: boolean | null, };
export type AgentMessageDelivery = "async";
export type AgentMessageDisplay = {
action: string, blockType: string | null, cyberTrustedAccess: boolean | null, checkTrustedContacts: boolean | null, };
export type AgentMessageModeration = { moderated: boolean, display: AgentMessageDisplay | null, };
export type ApprovalsReviewer = "user" | "auto_review" | "guardian_subagent";
export type AskForApproval = "untrusted" | "on-request" | { "granular": { sandbox_approval: boolean, rules: boolean, skill_approval: boolean, request_permissions: boolean, mcp_elicitations: boolean, } } | "never";
export type AsyncUserInputQuestion = { title: string, options: Array<string> | null, };
export type ByteRange = { start: number, end: number, };
export type ClientInfo = { name: string, title: string | null, version: string, };
export type CodexErrorInfo = "contextWindowExceeded" | "sessionBudgetExceeded" | "usageLimitExceeded" | "rateLimitExceeded" | "flexUnavailable" | "serverOverloaded" | "modelNotFound" | "policyCapacityUnavailable" | "inferenceHookDenied" | "cyberPolicy" | "misalignmentPolicyViolation" | "tooManyDenials" | { "httpConnectionFailed": { httpStatusCode: number | null, } } | { "responseStreamConnectionFailed": { httpStatusCode: number | null, } } | "internalServerError" | "unauthorized" | "badRequest" | "threadRollbackFailed" | "sandboxError" | { "responseStreamDisconnected": { httpStatusCode: number | null, } } | { "responseTooManyFailedAttempts": { httpStatusCode: number | null, } } | { "activeTurnNotSteerable": { turnKind: NonSteerableTurnKind, } } | "other" | string | { [key: string]: unknown };
export type CollabAgentState = { status: CollabAgentStatus, message: string | null, };
export type CollabAgentStatus = "pendingInit" | "running" | "interrupted" | "completed" | "errored" | "shutdown" | "notFound";
export type CollabAgentTool = "spawnAgent" | "sendInput" | "resumeAgent" | "wait" | "closeAgent" | "sendMessage" | "followupTask" | "interruptAgent" | "listAgents";
export type CollabAgentToolCallStatus = "inProgress" | "completed" | "failed" | "interrupted";
export type CommandAction = { "type": "read", command: string, name: string, path: LegacyAppPathString, } | { "type": "listFiles", command: string, path: string | null, } | { "type": "search", command: string, query: string | null, path: string | null, } | { "type": "unknown", command: string, };
export type CommandExecutionApprovalDecision = "accept" | "acceptForSession" | { "acceptWithExecpolicyAmendment": { execpolicy_amendment: ExecPolicyAmendment, } } | { "applyNetworkPolicyAmendment": { network_policy_amendment: NetworkPolicyAmendment, } } | "decline" | "cancel";
export type CommandExecutionApprovalKind = "command" | "humanCommand" | "writeStdin";
export type CommandExecutionRequestApprovalParams = {
kind: CommandExecutionApprovalKind, threadId: string, turnId: string, itemId: string, 
startedAtMs: number, 
approvalId?: string | null, 
environmentId: string | null, 
reason?: string | null, 
networkApprovalContext?: NetworkApprovalContext | null, 
command?: string | null, 
cwd?: LegacyAppPathString | null, 
commandActions?: Array<CommandAction> | null, 
proposedExecpolicyAmendment?: ExecPolicyAmendment | null, 
proposedNetworkPolicyAmendments?: Array<NetworkPolicyAmendment> | null};
export type CommandExecutionRequestApprovalResponse = { decision: CommandExecutionApprovalDecision, };
export type CommandExecutionSource = "agent" | "userShell" | "unifiedExecStartup" | "unifiedExecInteraction";
export type CommandExecutionStatus = "inProgress" | "completed" | "failed" | "declined";
export type DynamicToolCallOutputContentItem = { "type": "inputText", text: string, } | { "type": "inputImage", imageUrl: string, } | { "type": "inputAudio", audioUrl: string, };
export type DynamicToolCallResponse = { contentItems: Array<DynamicToolCallOutputContentItem>, success: boolean, };
export type DynamicToolCallStatus = "inProgress" | "completed" | "failed";
export type ExecPolicyAmendment = Array<string>;
export type FileChangeApprovalDecision = "accept" | "acceptForSession" | "decline" | "cancel";
export type FileChangeRequestApprovalParams = { threadId: string, turnId: string, itemId: string,
startedAtMs: number,
reason?: string | null,
grantRoot?: string | null, };
export type FileChangeRequestApprovalResponse = { decision: FileChangeApprovalDecision, };
export type FileSystemAccessMode = "read" | "write" | "deny";
export type FileSystemPath = { "type": "path", path: LegacyAppPathString, } | { "type": "glob_pattern", pattern: string, } | { "type": "special", value: FileSystemSpecialPath, };
export type FileSystemSandboxEntry = { path: FileSystemPath, access: FileSystemAccessMode, };
export type FileSystemSpecialPath = { "kind": "root" } | { "kind": "minimal" } | { "kind": "project_roots", subpath: LegacyAppPathString | null, } | { "kind": "tmpdir" } | { "kind": "slash_tmp" } | { "kind": "unknown", path: string, subpath: LegacyAppPathString | null, };
export type FileUpdateChange = { path: string, kind: PatchChangeKind, diff: string, };
export type FunctionCallOutputBody = string | Array<FunctionCallOutputContentItem>;
export type FunctionCallOutputContentItem = { "type": "input_text", text: string, } | { "type": "input_image", detail?: ImageDetail, } & ({ image_url: string, } | { file_id: string, }) | { "type": "input_audio", } & ({ audio_url: string, } | { file_id: string, }) | { "type": "encrypted_content", encrypted_content: string, };
export type GrantedPermissionProfile = { network?: AdditionalNetworkPermissions, fileSystem?: AdditionalFileSystemPermissions, };
export type HookPromptFragment = { text: string, hookRunId: string, };
export type ImageDetail = "auto" | "low" | "high" | "original";
export type ImageGenerationFailure = { "type": "usageLimitExceeded", limitId: string, resetsAt: number | null, };
export type ImageGenerationInputImage = { path: AbsolutePathBuf,
sha256: string, };
export type ImageGenerationItem = { id: string, status: string, revisedPrompt: string | null, transparentBackground?: boolean, failure: ImageGenerationFailure | null, savedPath?: AbsolutePathBuf,
inputImages?: Array<ImageGenerationInputImage>,
generationId: string | null, } & ({ fileId: string, } | { result: string, });
export type InitializeCapabilities = {
requiredHumanApproval?: boolean,
explicitGatewayOauth?: boolean,
experimentalApi: boolean,
requestAttestation: boolean,
mcpServerOpenaiFormElicitation?: boolean,
optOutNotificationMethods?: Array<string> | null,
extensions?: { [key in string]?: JsonValue } | null, };
export type InitializeParams = { clientInfo: ClientInfo, capabilities: InitializeCapabilities | null, };
export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]?: JsonValue } | null;
export type LegacyAppPathString = string;
export type McpAppDisplayMode = "inline" | "fullscreen";
export type McpAppUi = { resourceUri: string, preferredModelDisplayMode: McpAppDisplayMode, };
export type McpServerElicitationAction = "accept" | "decline" | "cancel";
export type McpServerElicitationRequestResponse = { action: McpServerElicitationAction,
content: JsonValue | null,
_meta: JsonValue | null, };
export type McpToolCallAppContext = { connectorId: string, linkId: string | null, resourceUri: string | null, appName: string | null, actionName: string | null, };
export type McpToolCallError = { message: string, };
export type McpToolCallResult = { content: Array<JsonValue>, structuredContent: JsonValue | null, _meta: JsonValue | null, };
export type McpToolCallStatus = "inProgress" | "completed" | "failed";
export type MemoryCitation = { entries: Array<MemoryCitationEntry>, threadIds: Array<string>, };
export type MemoryCitationEntry = { path: string, lineStart: number, lineEnd: number, note: string, };
export type MessagePhase = "commentary" | "partial_answer" | "final_answer";
export type MisalignmentErrorDetails = {
errorType: string | null,
detailedExplanation: string | null,
steer: MisalignmentSteer | null,
reviewTarget?: string | null, };
export type MisalignmentSteer = { message: string, };
export type NetworkAccess = "restricted" | "enabled";
export type NetworkApprovalContext = { host: string, protocol: NetworkApprovalProtocol, };
export type NetworkApprovalProtocol = "http" | "https" | "socks5Tcp" | "socks5Udp";
export type NetworkPolicyAmendment = { host: string, action: NetworkPolicyRuleAction, };
export type NetworkPolicyRuleAction = "allow" | "deny";
export type NonSteerableTurnKind = "review" | "compact";
export type PatchApplyStatus = "inProgress" | "completed" | "failed" | "declined";
export type PatchChangeKind = { "type": "add" } | { "type": "delete" } | { "type": "update", move_path: string | null, };
export type PermissionGrantScope = "turn" | "session";
export type PermissionsRequestApprovalParams = { threadId: string, turnId: string, itemId: string, environmentId: string | null,
startedAtMs: number, cwd: LegacyAppPathString, reason: string | null, permissions: RequestPermissionProfile, };
export type PermissionsRequestApprovalResponse = { permissions: GrantedPermissionProfile, scope: PermissionGrantScope,
strictAutoReview?: boolean, };
export type Personality = "none" | "friendly" | "pragmatic";
export type ReasoningEffort = string;
export type ReasoningSummary = "auto" | "concise" | "detailed" | "none";
export type RequestPermissionProfile = { network: AdditionalNetworkPermissions | null, fileSystem: AdditionalFileSystemPermissions | null, };
export type SandboxMode = "read-only" | "workspace-write" | "danger-full-access";
export type SandboxPolicy = { "type": "dangerFullAccess" } | { "type": "readOnly", networkAccess: boolean, } | { "type": "externalSandbox", networkAccess: NetworkAccess, } | { "type": "workspaceWrite", writableRoots: Array<AbsolutePathBuf>, networkAccess: boolean, excludeTmpdirEnvVar: boolean, excludeSlashTmp: boolean, };
export type SleepItem = { id: string, durationMs: number, };
export type SubAgentActivityKind = "started" | "interacted" | "interrupted" | "completed";
export type TextElement = {
byteRange: ByteRange,
placeholder: string | null, };
export type ThreadActiveFlag = "waitingOnApproval" | "waitingOnUserInput";
export type ThreadItem = {
startedAtMs?: number | null,
completedAtMs?: number | null, } & ({ "type": "userMessage", id: string, clientId: string | null, content: Array<UserInput>, } | { "type": "hookPrompt", id: string, fragments: Array<HookPromptFragment>, } | { "type": "agentMessage", moderation: AgentMessageModeration | null, id: string, text: string, phase: MessagePhase | null, memoryCitation: MemoryCitation | null, delivery: AgentMessageDelivery | null, questions: Array<AsyncUserInputQuestion> | null, } | { "type": "functionCallOutput", id: string, name: string, namespace: string | null, output: FunctionCallOutputBody, } | { "type": "plan", id: string, text: string, } | { "type": "reasoning", id: string, summary: Array<string>, content: Array<string>, } | { "type": "commandExecution", id: string,
pluginId: string | null,
scriptPath: string | null,
command: string,
cwd: LegacyAppPathString,
processId: string | null, source: CommandExecutionSource, status: CommandExecutionStatus,
commandActions: Array<CommandAction>,
aggregatedOutput: string | null,
exitCode: number | null,
durationMs: number | null, } | { "type": "fileChange", id: string, changes: Array<FileUpdateChange>, status: PatchApplyStatus, } | { "type": "mcpToolCall", id: string, server: string, tool: string, status: McpToolCallStatus, arguments: JsonValue, appContext: McpToolCallAppContext | null,
mcpAppResourceUri?: string,
mcpAppUi: McpAppUi | null, pluginId: string | null, readOnlyHint: boolean | null, result: McpToolCallResult | null, error: McpToolCallError | null,
durationMs: number | null, } | { "type": "dynamicToolCall", id: string, namespace: string | null, tool: string, arguments: JsonValue, status: DynamicToolCallStatus, contentItems: Array<DynamicToolCallOutputContentItem> | null, success: boolean | null,
durationMs: number | null, } | { "type": "collabAgentToolCall",
id: string,
tool: CollabAgentTool,
status: CollabAgentToolCallStatus,
senderThreadId: string,
receiverThreadIds: Array<string>,
prompt: string | null,
model: string | null,
reasoningEffort: ReasoningEffort | null,
agentsStates: { [key in string]?: CollabAgentState }, } | { "type": "subAgentActivity",
model: string | null,
reasoningEffort: ReasoningEffort | null, id: string, kind: SubAgentActivityKind, agentThreadId: string, agentPath: string, } | { "type": "webSearch" } & WebSearchItem | { "type": "imageView", id: string, path: LegacyAppPathString, } | { "type": "sleep" } & SleepItem | { "type": "imageGeneration" } & ImageGenerationItem | { "type": "enteredReviewMode", id: string, review: string, } | { "type": "exitedReviewMode", id: string, review: string, } | { "type": "contextCompaction", id: string, });
export type ThreadReadParams = { threadId: string,
includeTurns?: boolean, };
export type ThreadResumeParams = {threadId: string, 
model?: string | null, modelProvider?: string | null, serviceTier?: string | null | null, cwd?: string | null, approvalPolicy?: AskForApproval | null, 
approvalsReviewer?: ApprovalsReviewer | null, sandbox?: SandboxMode | null, config?: { [key in string]?: JsonValue } | null, baseInstructions?: string | null, developerInstructions?: string | null, 
personality?: Personality | null, 
excludeTurns?: boolean};
export type ThreadSource = string;
export type ThreadStartParams = {model?: string | null, modelProvider?: string | null, serviceTier?: string | null | null, cwd?: string | null, approvalPolicy?: AskForApproval | null, 
approvalsReviewer?: ApprovalsReviewer | null, sandbox?: SandboxMode | null, config?: { [key in string]?: JsonValue } | null, serviceName?: string | null, baseInstructions?: string | null, developerInstructions?: string | null, 
personality?: Personality | null, ephemeral?: boolean | null, sessionStartSource?: ThreadStartSource | null, 
threadSource?: ThreadSource | null};
export type ThreadStartSource = "startup" | "clear";
export type ThreadStatus = { "type": "notLoaded" } | { "type": "idle" } | { "type": "systemError" } | { "type": "active", activeFlags: Array<ThreadActiveFlag>, };
export type ThreadTokenUsage = { total: TokenUsageBreakdown, last: TokenUsageBreakdown, modelContextWindow: number | null, };
export type TokenUsageBreakdown = { totalTokens: number, inputTokens: number, cachedInputTokens: number, cacheWriteInputTokens: number, outputTokens: number, reasoningOutputTokens: number, };
export type ToolRequestUserInputAnswer = { answers: Array<string>, };
export type ToolRequestUserInputOption = { label: string, description: string, };
export type ToolRequestUserInputParams = { threadId: string, turnId: string, itemId: string, questions: Array<ToolRequestUserInputQuestion>, isBlocking: boolean,
autoResolutionMs: number | null, };
export type ToolRequestUserInputQuestion = { id: string, header: string, question: string, isOther: boolean, isSecret: boolean, options: Array<ToolRequestUserInputOption> | null, };
export type ToolRequestUserInputResponse = { answers: { [key in string]?: ToolRequestUserInputAnswer }, };
export type TurnError = { message: string, codexErrorInfo: CodexErrorInfo | null, additionalDetails: string | null,
misalignment: MisalignmentErrorDetails | null, };
export type TurnInterruptParams = { threadId: string, turnId: string, };
export type TurnPlanStep = { step: string, status: TurnPlanStepStatus, };
export type TurnPlanStepStatus = "pending" | "inProgress" | "completed";
export type TurnStartParams = {threadId: string, 
disabledPluginIds?: Array<string> | null, clientUserMessageId?: string | null, input: Array<UserInput>, 
turnTrigger?: string | null, 
parentTurnId?: string | null, 
rootTurnId?: string | null, toolOutput?: TurnToolOutput | null, 
cwd?: string | null, 
approvalPolicy?: AskForApproval | null, 
approvalsReviewer?: ApprovalsReviewer | null, 
sandboxPolicy?: SandboxPolicy | null, 
model?: string | null, 
serviceTier?: string | null | null, 
serviceTierForTurn?: string | null, 
effort?: ReasoningEffort | null, 
summary?: ReasoningSummary | null, 
personality?: Personality | null, 
outputSchema?: JsonValue | null};
export type TurnStatus = "completed" | "interrupted" | "failed" | "inProgress";
export type TurnToolOutput = { name: string, namespace: string | null, output: FunctionCallOutputBody,
retain?: boolean, };
export type UserInput = { "type": "text", text: string,
text_elements: Array<TextElement>, } | { "type": "image", detail?: ImageDetail, } & ({ url: string, } | { fileId: string, }) | { "type": "localImage", detail?: ImageDetail, path: string, } | { "type": "audio", } & ({ url: string, } | { fileId: string, }) | { "type": "localAudio", path: string, } | { "type": "skill", name: string, path: string, } | { "type": "mention", name: string, path: string, };
export type WebSearchAction = { "type": "search", query: string | null, queries: Array<string> | null, } | { "type": "openPage", url: string | null, } | { "type": "findInPage", url: string | null, pattern: string | null, } | { "type": "other" };
export type WebSearchItem = { id: string, query: string, action: WebSearchAction | null,
results: Array<JsonValue> | null, };
