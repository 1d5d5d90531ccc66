/**
 * The real server for a journey, as a process of its own over a data folder of its own.
 *
 *   startHouse(options?): Promise<RunningHouse>     starts it on a free port and waits until it is ready
 *   kerege(args, options?): Promise<Said>           runs the command of the terminal, as an operator does
 *   temporaryFolder(): string                       removed when the test process ends
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const root = fileURLToPath(new URL("../", import.meta.url));

export interface HouseOptions {
  /** Folder of the installation; this project when not given. */
  root?: string;
  /** What the state keeps; a new folder when not given, removed when the test process ends. */
  dataFolder?: string;
  country?: string;
  /** What stands on standard input; nothing when not given. */
  input?: string;
}

export interface RunningHouse {
  /** `http://127.0.0.1:40123` */
  address: string;
  dataFolder: string;
  /** What it has printed so far, both streams. */
  said(): string;
  /** As Ctrl-C does; gives the exit code. */
  stop(): Promise<number | null>;
  /** As a power cut does to a process: nothing is said, nothing is closed. */
  kill(): Promise<void>;
}

export interface Said {
  code: number | null;
  text: string;
}

const folders: string[] = [];
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kerege-journey-"));
  folders.push(folder);
  return folder;
}

/** @throws {RangeError} with everything it printed, when it ends before it is ready */
export async function startHouse(options: HouseOptions = {}): Promise<RunningHouse> {
  const dataFolder = options.dataFolder ?? temporaryFolder();
  // Known beforehand, since documents print the address of the portal.
  const port = await freePort();
  const started = launch("apps/server/main.ts", [], { ...options, dataFolder, port });
  const address = await readAddress(started);
  return {
    address,
    dataFolder,
    said: started.said,
    async stop() {
      started.child.kill("SIGTERM");
      return started.ended;
    },
    async kill() {
      started.child.kill("SIGKILL");
      await started.ended;
    },
  };
}

/** `kerege <args>` with the messages in English. */
export async function kerege(args: string[], options: HouseOptions = {}): Promise<Said> {
  const started = launch("apps/cli/main.ts", args, options);
  const code = await started.ended;
  return { code, text: started.said() };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

interface Launched {
  child: ChildProcess;
  said(): string;
  ended: Promise<number | null>;
}

function launch(program: string, args: string[], options: HouseOptions & { port?: number }): Launched {
  // A database that the tests share must not be taken for the state's own.
  const { DATABASE_URL: _, KEREGE_TEST_DATABASE: __, NODE_TEST_CONTEXT: ___, ...environment } = process.env;
  const child = spawn(process.execPath, ["--import", "./kernel/tsx.mjs", program, ...args], {
    cwd: options.root ?? root,
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...environment,
      HOST: "127.0.0.1",
      PORT: String(options.port ?? 0),
      LC_ALL: "en_GB.UTF-8",
      ...(options.dataFolder && { KEREGE_DATA: options.dataFolder }),
      ...(options.country && { KEREGE_COUNTRY: options.country }),
    },
  });
  running.add(child);
  child.stdin.end(options.input);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
  }
  const ended = once(child, "close").then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return { child, said: () => said, ended };
}

/** The server prints its address when the door is open; from then on /health answers. */
async function readAddress({ child, said, ended }: Launched): Promise<string> {
  const over = ended.then((code) => {
    throw new RangeError(`the server ended with ${code} before it was ready:\n${said()}`);
  });
  over.catch(() => {});
  for (;;) {
    const [address] = /^ {2}(http:\/\/127\.0\.0\.1:\d+)$/m.exec(said())?.slice(1) ?? [];
    if (address) {
      const health = await fetch(`${address}/health`);
      if (health.ok) return address;
    }
    await Promise.race([once(child.stdout!, "data"), over]);
  }
}
