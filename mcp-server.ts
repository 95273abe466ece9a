/** `codex mcp-server` for every Codex: MCP on stdio. */
export { serveStdio, type ServeOptions } from "./codex/bridge/serve-stdio.ts";
