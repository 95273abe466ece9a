import { bridgeServer, nativeCodex, nativeServer } from "../support/mcp-process.ts";
import { bridged, current } from "./codex-mcp-differences.ts";
import { codexMcpContract } from "./codex-mcp.contract.ts";
import { recordSession, type Session } from "./codex-mcp-session.ts";

let recorded: Promise<Session> | undefined;
const reference = (): Promise<Session> => (recorded ??= recordSession(nativeServer));

codexMcpContract({
  name: "codex mcp-server 0.153.4",
  command: nativeServer,
  version: "0.153.4",
  reference,
  differences: [],
  takesMcpReply: false,
});

codexMcpContract({
  name: "portcullis mcp-server over the current Codex",
  command: bridgeServer(),
  version: "0.169.0",
  reference,
  differences: [...bridged, ...current],
  takesMcpReply: true,
});

codexMcpContract({
  name: "portcullis mcp-server over the app-server of 0.153.4",
  command: bridgeServer(nativeCodex),
  version: "0.153.4",
  reference,
  differences: bridged,
  takesMcpReply: true,
});
