import { randomFillSync, randomUUID } from "node:crypto";
import { chainHead, FIRST_HEAD, treeRoot } from "./batch-tree.ts";

/** A batch as it is written, beside the rows of its leaves. */
export interface BatchRow {
  id: string;
  chain: string;
  seq: number;
  at: Date;
  leaves: number;
  root: Buffer;
  head: Buffer;
  /** The leaves one after another, 32 bytes each. */
  hashes: Buffer;
}

interface Chain {
  id: string;
  seq: number;
  head: Buffer;
}

/**
 * Chains of batches: one for each writer at work at the same time in this process, so that no writer waits for another's head. A
 * chain whose last batch may or may not have been committed is left, and a new one begun.
 */
export function createChains() {
  const idle: Chain[] = [];
  return {
    /** Lends a chain for one transaction; `next` makes its next batch. */
    async with<Result>(
      work: (next: (given: { id: string; at: Date; leaves: Buffer[] }) => BatchRow) => Promise<Result>,
    ): Promise<Result> {
      const chain = idle.pop() ?? { id: randomUUID(), seq: 0, head: FIRST_HEAD };
      const result = await work(({ id, at, leaves }) => {
        const root = treeRoot(leaves);
        chain.head = chainHead(chain.head, root, at);
        chain.seq++;
        return {
          id,
          chain: chain.id,
          seq: chain.seq,
          at,
          leaves: leaves.length,
          root,
          head: chain.head,
          hashes: Buffer.concat(leaves),
        };
      });
      idle.push(chain);
      return result;
    },
  };
}
export type Chains = ReturnType<typeof createChains>;

const POOL = 256;
const random = Buffer.alloc(16 * POOL);
let used = POOL;

/** A random UUID (122 random bits): the salt of a leaf. `crypto.randomUUID` gives the same at several times the cost. */
export function newSalt(): string {
  if (used === POOL) {
    randomFillSync(random);
    used = 0;
  }
  const start = 16 * used++;
  random[start + 6] = (random[start + 6]! & 0x0f) | 0x40;
  random[start + 8] = (random[start + 8]! & 0x3f) | 0x80;
  const hex = random.toString("hex", start, start + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
