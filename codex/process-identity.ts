import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { startTimeOf } from "./processes.ts";

/**
 * Names this process for ever, as leases and records of processes keep it: `PID/START-TIME/HOST:PID-NAMESPACE@BOOT`. All but the
 * host's name are the kernel's.
 */
export function ownIdentity(): string {
  return `${process.pid}/${startTimeOf(process.pid) ?? "unknown"}/${bootOf()}`;
}

/** A holder of leases: this process, and which of its runs. */
export function newHolder(): string {
  return `${ownIdentity()}/${randomUUID()}`;
}

/** Of an identity or a holder. `unknown`: it is none of this machine, so that nothing can be said of it. */
export function lookForProcess(identity: string): "running" | "gone" | "unknown" {
  const [, pid = "", startTime = "", boot = ""] =
    /^(\d+)\/([^/]+)\/([^/]+)(?:\/[^/]*)?$/.exec(identity) ?? [];
  if (pid === "") return "unknown";
  const [host, kernel] = splitBoot(boot);
  const [ownHost, ownKernel] = splitBoot(bootOf());
  if (host !== ownHost) return "unknown";
  // No process outlives its machine's boot.
  if (kernel !== ownKernel) return "gone";
  return startTimeOf(Number(pid)) === startTime ? "running" : "gone";
}

/** What was named before the machine's last boot, or on another machine, has nothing to do with pids of now. */
export function isOfThisBoot(identity: string): boolean {
  return identity.endsWith(`/${bootOf()}`);
}

function bootOf(): string {
  return `${hostname()}${pidNamespace()}@${bootId()}`;
}

/** Containers may share host name and boot, and have pids of their own. */
function pidNamespace(): string {
  try {
    return `:${/\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? ""}`;
  } catch {
    return "";
  }
}

function splitBoot(boot: string): [string, string] {
  const at = boot.lastIndexOf("@");
  return [boot.slice(0, at), boot.slice(at + 1)];
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "unknown";
  }
}
