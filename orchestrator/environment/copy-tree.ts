import { execa } from "execa";

const timeoutMs = 10 * 60_000;

/** Copies a file or a folder with links and modes, sharing blocks where the file system can. */
export async function copyTree(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const reflink = process.platform === "linux" ? ["--reflink=auto"] : [];
  await execa("cp", ["-a", ...reflink, "--", from, to], {
    timeout: timeoutMs,
    stdin: "ignore",
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
}
