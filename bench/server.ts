import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

export interface RunningServer {
  pid: number;
  port: number;
  /** From the start of the process to the first good answer of /health. */
  readyAfter: number;
  stop(): Promise<void>;
}

/** As `launch.mjs` starts it. */
const SMALL = "--max-semi-space-size=16";

/** Starts the server as people start it, but for the launcher, over its own data folder. */
export async function startServer(given: { dataFolder: string; env?: Record<string, string> }): Promise<RunningServer> {
  const port = await freePort();
  const begin = performance.now();
  const child = spawn(process.execPath, [SMALL, "--import", "./kernel/tsx.mjs", "apps/server/main.ts"], {
    cwd: root,
    env: { ...process.env, PORT: String(port), HOST: "127.0.0.1", KEREGE_DATA: given.dataFolder, ...given.env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await ready(child, port);
  const readyAfter = performance.now() - begin;
  return {
    pid: child.pid!,
    port,
    readyAfter,
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  let ended = false;
  child.once("exit", () => {
    ended = true;
  });
  while (!ended) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new RangeError("the server ended before it was ready");
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
