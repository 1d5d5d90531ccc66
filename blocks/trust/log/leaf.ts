/** From an act to a leaf: salts, the salted leaf, the batch. The bytes are described in contract.ts. */
import { hash, randomFillSync } from "node:crypto";
import { trustProblem } from "../problems.ts";
import type { LogBatch } from "./contract.ts";
import { HASH_SIZE, treeRoot } from "./merkle.ts";

export const SALT_SIZE = 16;

const entry = Buffer.alloc(1 + SALT_SIZE + HASH_SIZE);

/** H(0x00 ‖ salt ‖ H(content)): one block of SHA-256. Throws `trust.unfit-batch` for a salt of another length. */
export function saltedLeaf(salt: Uint8Array, content: string | Uint8Array): Buffer {
  if (salt.length !== SALT_SIZE) throw trustProblem("unfit-batch");
  entry.set(salt, 1);
  entry.write(hash("sha256", content, "binary"), 1 + SALT_SIZE, "binary");
  return Buffer.from(hash("sha256", entry, "binary"), "binary");
}

export function makeSalts(count: number): Buffer[] {
  const random = randomFillSync(Buffer.allocUnsafe(count * SALT_SIZE));
  return Array.from({ length: count }, (_, index) => random.subarray(index * SALT_SIZE, (index + 1) * SALT_SIZE));
}

export function makeBatch(given: { id: string; at: Date; kind: string }, leaves: readonly Uint8Array[]): LogBatch {
  const { id, at, kind } = given;
  if (leaves.length === 0 || leaves.some((leaf) => leaf.length !== HASH_SIZE)) throw trustProblem("unfit-batch");
  const all = Buffer.concat(leaves);
  const root = treeRoot(all);
  const hashes = leaves.length === 1 ? null : all;
  return { id, at, kind, leaves: leaves.length, root, hashes, values: [id, at, kind, leaves.length, root, hashes] };
}
