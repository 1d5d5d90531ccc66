import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface Ask {
  method?: "GET" | "POST";
  path: string;
  cookie?: string;
  body?: string;
  encoding?: string;
  authorization?: string;
}

/** A client on loopback with lasting connections. */
export function createClient(port: number, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    ask({ method = "GET", path, cookie, body, encoding, authorization }: Ask): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const headers: Record<string, string> = { accept: "text/html", "sec-fetch-site": "same-origin" };
        if (cookie) headers.cookie = cookie;
        if (authorization) headers.authorization = authorization;
        if (encoding) headers["accept-encoding"] = encoding;
        if (body !== undefined) headers["content-type"] = "application/x-www-form-urlencoded";
        const sent = request({ host: "127.0.0.1", port, path, method, headers, agent }, (answer) => {
          const parts: Buffer[] = [];
          answer.on("data", (part: Buffer) => parts.push(part));
          answer.on("end", () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
          );
          answer.on("error", reject);
        });
        sent.on("error", reject);
        sent.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}

export type Client = ReturnType<typeof createClient>;

/** Does the work over and over with so many in flight until the time is over; gives how many were done. */
export async function keepBusy(
  given: { inFlight: number; milliseconds: number },
  work: (number: number) => Promise<void>,
): Promise<{ done: number; seconds: number }> {
  const begin = performance.now();
  let done = 0;
  let next = 0;
  await Promise.all(
    Array.from({ length: given.inFlight }, async () => {
      while (performance.now() - begin < given.milliseconds) {
        await work(next++);
        done++;
      }
    }),
  );
  return { done, seconds: (performance.now() - begin) / 1000 };
}

const TICKS_PER_SECOND = 100;

/** CPU seconds a process has used (Linux, proc(5): utime and stime). */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process in MB. */
export function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}
