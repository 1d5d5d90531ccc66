import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** What the kernel of the system says about a process: `/proc/<pid>/stat`, see proc_pid_stat(5). */
export interface ProcessState {
  pid: number;
  /** Executable name, at most 15 bytes. */
  name: string;
  /** Start in clock ticks since boot; with the pid it names one process for good, since pids are used again. */
  startedAt: string;
}

/** A living process; a zombie (ended, not yet collected by its parent) counts as dead, though signals still reach its pid. */
export function findProcess(pid: number): ProcessState | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return process.platform === "linux" ? undefined : findElsewhere(pid);
  }
  // The name stands in parentheses and may itself hold any character, so the fields are counted from the last one.
  const close = text.lastIndexOf(")");
  const fields = text.slice(close + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return undefined;
  return { pid, name: text.slice(text.indexOf("(") + 1, close), startedAt: fields[19] ?? "" };
}

function findElsewhere(pid: number): ProcessState | undefined {
  try {
    process.kill(pid, 0);
    return { pid, name: "", startedAt: "" };
  } catch {
    return undefined;
  }
}

/** Living processes named `postgres` whose command line or title holds the mark. Needs no right to look into them. */
export function findMarked(mark: string): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => findProcess(pid)?.name.startsWith("postgres") && commandLine(pid).includes(mark));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return "";
  }
}

/** Sends a signal; a process already gone is what was wanted. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    return;
  }
}

/**
 * A shell that waits for this process to end, however it ends, and then stops the database: its standard input is a pipe only we
 * hold, so even kill -9 closes it. With `throwAway` it also removes those folders, once the database is gone.
 */
export function guard(pid: number, throwAway: string[] = []): { dismiss(): void } {
  // The number of rounds is bounded: a dead server nobody collects still answers `kill -0`.
  const script = `read -r _; p=$1; shift; kill -INT "$p" 2>/dev/null; [ $# = 0 ] && exit
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 "$p" 2>/dev/null || break; sleep 0.2; done; rm -rf -- "$@"`;
  const child = spawn("/bin/sh", ["-c", script, "kerege-guard", String(pid), ...throwAway], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cwd: "/",
  });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.unref();
  const pipe = child.stdin as NodeJS.WritableStream & { unref?(): void };
  pipe.unref?.();
  return { dismiss: () => void child.kill("SIGKILL") };
}

/** Waits; a signal ends the waiting early. */
export function pause(milliseconds: number, early?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    early?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
