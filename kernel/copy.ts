import type { Writable } from "node:stream";
import type pg from "pg";
import { kernelProblem } from "./problem.ts";

/** What the driver has for COPY beside its own types: the messages of the protocol (PostgreSQL, 54.2.6 COPY operations). */
interface CopyConnection {
  stream: Writable;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/** `copy … from stdin` on a connection; the chunks are sent as fast as the server takes them. Gives the number of rows. */
export function copyIn(client: pg.ClientBase, text: string, chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<number> {
  return new Promise((resolve, reject) => {
    let rows = 0;
    let over = false;
    let fault: unknown;
    const send = async (connection: CopyConnection) => {
      try {
        for await (const chunk of chunks) {
          if (over) return;
          connection.sendCopyFromChunk(chunk);
          if (connection.stream.writableNeedDrain) await drained(connection.stream);
        }
        if (!over) connection.endCopyFrom();
      } catch (error) {
        // The server answers with an error, which ends the COPY; the caller is told why.
        fault = error;
        if (!over) connection.sendCopyFail("source failed");
      }
    };
    const work = {
      submit: (connection: unknown) => (connection as CopyConnection).query(text),
      handleCopyInResponse: (connection: unknown) => void send(connection as CopyConnection),
      handleCommandComplete(message: { text: string }) {
        rows = Number(message.text.split(" ").at(-1));
      },
      handleError(error: unknown) {
        over = true;
        reject(fault ?? error);
      },
      handleReadyForQuery() {
        over = true;
        resolve(rows);
      },
      handleRowDescription() {},
      handleDataRow() {},
      handlePortalSuspended() {},
      handleEmptyQuery() {},
      callback(error: unknown) {
        if (error) reject(error);
      },
    };
    client.query(work as unknown as pg.Submittable);
  });
}

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (then: () => void) => () => {
      stream.off("drain", onDrain);
      stream.off("close", onClose);
      then();
    };
    const onDrain = end(resolve);
    const onClose = end(() => reject(kernelProblem("internal")));
    stream.on("drain", onDrain);
    stream.on("close", onClose);
  });
}

/** One row in the text format of COPY: tabs between columns, `\N` for nothing (PostgreSQL, COPY, text format). */
export function copyLine(values: readonly unknown[]): string {
  let line = "";
  for (let index = 0; index < values.length; index++) {
    if (index > 0) line += "\t";
    line += copyText(values[index]);
  }
  return `${line}\n`;
}

function copyText(value: unknown): string {
  if (value === null || value === undefined) return "\\N";
  if (typeof value === "string") return SPECIAL.test(value) ? value.replace(/[\\\t\n\r]/g, (sign) => ESCAPES[sign]!) : value;
  if (typeof value === "boolean") return value ? "t" : "f";
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString("hex")}`;
  return copyText(String(value));
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
