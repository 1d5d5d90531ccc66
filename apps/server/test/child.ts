/** A child process as a terminal has it: started, heard, sent signals, ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folders: string[] = [];
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Removed when the test process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kerege-server-"));
  folders.push(folder);
  return folder;
}

export interface Child {
  pid: number;
  process: ChildProcess;
  /** Both streams, so far. */
  said(): string;
  /** The first match of a pattern in what it says; fails when it ends without having said it. */
  hears(pattern: RegExp): Promise<RegExpExecArray>;
  send(name: NodeJS.Signals): void;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** @param program from the root of the project */
export function start(program: string, args: string[] = [], environment: NodeJS.ProcessEnv = {}): Child {
  // Neither a database of the tests nor settings of whoever runs them are the server's.
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, ["--import", "./kernel/tsx.mjs", program, ...args], {
    cwd: root,
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH, HOME, TMPDIR, LC_ALL: "en_GB.UTF-8", ...environment },
  });
  running.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      child.emit("said");
    });
  const ended = once(child, "close").then(([code, signal]) => {
    running.delete(child);
    child.emit("said");
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  return {
    pid: child.pid!,
    process: child,
    said: () => text,
    async hears(pattern) {
      for (;;) {
        const match = pattern.exec(text);
        if (match) return match;
        if (!running.has(child)) throw new RangeError(`it ended without having said ${pattern}:\n${text}`);
        await once(child, "said");
      }
    },
    send: (name) => void child.kill(name),
    ended,
  };
}

/** The server as people start it, but for the launcher. */
export function startServer(environment: NodeJS.ProcessEnv): Child {
  return start("apps/server/main.ts", [], environment);
}

/** A port of this machine that somebody else holds until closed. */
export async function holdPort(): Promise<{ port: number; close(): void }> {
  const server: Server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return { port, close: () => void server.close() };
}
