/** `codex mcp-server` for every Codex: MCP on stdio, or in this process. */
export { serveStdio, type ServeOptions } from "./codex/bridge/serve-stdio.ts";
export { locateCodex } from "./codex/locate.ts";
export { openServer } from "./codex/open-server.ts";
