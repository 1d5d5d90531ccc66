/** The witness over HTTP: C2SP tlog-witness, `add-checkpoint` and the retrieval for monitors. */
import { createPublicKey } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  considerCheckpoint,
  type NoteKey,
  noteKey,
  parseCheckpoint,
  parseNote,
  type Witness,
  writeVerifierKey,
} from "@kerege/trust";
import { openMemory } from "./memory.ts";

export interface WitnessServer {
  server: Server;
  /** As logs and checkers are told it. */
  verifierKey: string;
}

const MAX_BODY = 64 * 1024;
const TEXT = "text/plain; charset=utf-8";

export function createWitness(given: {
  folder: string;
  name: string;
  logs: readonly NoteKey[];
  now?: () => Date;
}): WitnessServer {
  const memory = openMemory(given.folder);
  const now = given.now ?? (() => new Date());
  const key = noteKey(given.name, 4, createPublicKey(memory.secret));
  const witness: Witness = { key, secret: memory.secret, logs: given.logs };

  // Everything from reading the memory to writing it is one synchronous step, so no two requests are ever considered together.
  function add(body: string): { status: number; type: string; body: string } {
    const answer = considerCheckpoint(witness, { body, at: now() }, memory.seen);
    const note = answer.state === undefined ? undefined : parseNote(answer.state);
    const checkpoint = note && parseCheckpoint(note);
    if (checkpoint) memory.keep(checkpoint.origin, answer.state!);
    return answer;
  }

  async function answer(request: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
    const path = request.url ?? "";
    if (path === "/add-checkpoint") {
      if (request.method !== "POST") return { status: 405, type: TEXT, body: "POST only\n" };
      const body = await readBody(request);
      return body === undefined ? { status: 413, type: TEXT, body: "too large\n" } : add(body);
    }
    const hash = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path)?.[1];
    const seen = hash && request.method === "GET" ? memory.seenByHash(hash) : undefined;
    return seen === undefined ? { status: 404, type: TEXT, body: "not found\n" } : { status: 200, type: TEXT, body: seen };
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (given) => send(response, given),
      (error: unknown) => {
        process.stderr.write(`witness: ${error instanceof Error ? error.message : "fault"}\n`);
        send(response, { status: 500, type: TEXT, body: "this witness has a fault\n" });
      },
    );
  });
  server.requestTimeout = 10_000;
  return { server, verifierKey: writeVerifierKey(key) };
}

function send(response: ServerResponse, { status, type, body }: { status: number; type: string; body: string }): void {
  response
    .writeHead(status, { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" })
    .end(body);
}

/** Undefined when it is longer than any submission; what is no UTF-8 gets signs that no note may hold. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= MAX_BODY) parts.push(part);
  }
  return length > MAX_BODY ? undefined : Buffer.concat(parts).toString("utf8");
}
