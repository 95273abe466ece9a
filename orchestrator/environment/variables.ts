import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export type Variables = Readonly<Record<string, string | undefined>>;

const toolchains = [
  "PYENV_ROOT",
  "PYENV_VERSION",
  "NVM_DIR",
  "NVM_BIN",
  "VOLTA_HOME",
  "ASDF_DIR",
  "ASDF_DATA_DIR",
  "JAVA_HOME",
  "GOROOT",
  "GOTOOLCHAIN",
  "RUSTUP_TOOLCHAIN",
  "CC",
  "CXX",
  "TZ",
];
const network = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "all_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "PIP_CERT",
  "GOPROXY",
  "GOSUMDB",
  "GONOSUMDB",
  "GOPRIVATE",
  "npm_config_registry",
  "NPM_CONFIG_REGISTRY",
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "PIP_FIND_LINKS",
  "UV_INDEX_URL",
];

/**
 * Variables of commands in a checkout, the same for workers and gates: where the tools are, and caches that lie in the
 * checkout, so that what `setup` downloaded is there without network. No secret is among them.
 */
export function commandVariables(own: Variables, checkout: string): Record<string, string> {
  const caches = join(checkout, ".portcullis-env");
  return {
    PATH: pathWithoutNpm(own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"),
    ...pick(own, toolchains),
    ...rustup(own),
    ...uvPythons(own),
    GOMODCACHE: join(caches, "go"),
    GOFLAGS: "-mod=mod",
    CARGO_HOME: join(caches, "cargo"),
    CARGO_NET_OFFLINE: "true",
    PYTHONDONTWRITEBYTECODE: "1",
  };
}

/** `setup` may use the network, with the registries that the user has set. */
export function setupVariables(own: Variables, checkout: string): Record<string, string> {
  const userConfig = join(own["HOME"] ?? homedir(), ".npmrc");
  const { CARGO_NET_OFFLINE: _offline, ...variables } = commandVariables(own, checkout);
  return {
    ...variables,
    ...pick(own, network),
    ...(existsSync(userConfig) ? { npm_config_userconfig: userConfig } : {}),
    npm_config_update_notifier: "false",
  };
}

/** `npm run` puts our own tools first on the PATH; a gate that found them there would judge by them. */
function pathWithoutNpm(path: string): string {
  const entries = path.split(delimiter);
  const injected = /(?:[\\/]node_modules[\\/]\.bin|[\\/]node-gyp-bin)[\\/]?$/;
  return entries.filter((entry) => entry !== "" && !injected.test(entry)).join(delimiter);
}

function rustup(own: Variables): Record<string, string> {
  const home = own["RUSTUP_HOME"] ?? join(own["HOME"] ?? homedir(), ".rustup");
  return existsSync(home) ? { RUSTUP_HOME: home } : {};
}

/** A Python that uv downloads would lie in the private home, and be gone with it. */
function uvPythons(own: Variables): Record<string, string> {
  const home = own["UV_PYTHON_INSTALL_DIR"] ?? join(own["HOME"] ?? homedir(), ".local/share/uv/python");
  return { UV_PYTHON_DOWNLOADS: "never", ...(existsSync(home) ? { UV_PYTHON_INSTALL_DIR: home } : {}) };
}

function pick(own: Variables, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = own[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
