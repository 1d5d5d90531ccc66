/**
 * The Merkle tree of RFC 6962, 2.1 (the same in RFC 9162, 2.1) over SHA-256: leaf H(0x00 ‖ entry), node H(0x01 ‖ left ‖ right), the
 * left part of a split the largest power of two. Hashes stand one after another in a buffer, 32 bytes each.
 *
 *   hashLeaf(entry), hashNode(left, right), EMPTY_ROOT
 *   treeRoot(hashes)              root over leaf hashes
 *   treeLevels(hashes)            all levels, leaves first
 *   pathIn(levels, index)         siblings from the leaf upwards
 */
import { hash } from "node:crypto";

export const HASH_SIZE = 32;

// A digest handed over as a Latin-1 string costs a third of one handed over as a buffer.
const sha256 = (bytes: Uint8Array): string => hash("sha256", bytes, "binary");

/** The root of the tree without leaves: the hash of nothing (RFC 6962, 2.1). */
export const EMPTY_ROOT: Buffer = Buffer.from(sha256(new Uint8Array()), "binary");

const node = Buffer.alloc(1 + 2 * HASH_SIZE, 1);

export function hashLeaf(entry: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(1 + entry.length);
  bytes[0] = 0;
  bytes.set(entry, 1);
  return Buffer.from(sha256(bytes), "binary");
}

export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_SIZE);
  return Buffer.from(sha256(node), "binary");
}

/** The level above: pairs hashed, a last one without a partner carried up as it is, which is where RFC 6962 puts it. */
function levelAbove(level: Buffer): Buffer {
  const count = level.length / HASH_SIZE;
  const above = Buffer.allocUnsafe(Math.ceil(count / 2) * HASH_SIZE);
  for (let pair = 0; pair < count >> 1; pair++) {
    const from = pair * 2 * HASH_SIZE;
    level.copy(node, 1, from, from + 2 * HASH_SIZE);
    above.write(sha256(node), pair * HASH_SIZE, "binary");
  }
  if (count % 2 === 1) level.copy(above, above.length - HASH_SIZE, level.length - HASH_SIZE);
  return above;
}

/** From the leaves to the root; empty for no leaves. */
export function treeLevels(hashes: Buffer): Buffer[] {
  if (hashes.length === 0) return [];
  const levels = [hashes];
  for (let level = hashes; level.length > HASH_SIZE; levels.push(level)) level = levelAbove(level);
  return levels;
}

export function treeRoot(hashes: Buffer): Buffer {
  if (hashes.length === 0) return EMPTY_ROOT;
  let level = hashes;
  while (level.length > HASH_SIZE) level = levelAbove(level);
  return level === hashes ? Buffer.from(hashes) : level;
}

export const hashAt = (hashes: Buffer, index: number): Buffer => hashes.subarray(index * HASH_SIZE, (index + 1) * HASH_SIZE);

/** The audit path of a leaf (RFC 6962, 2.1.1). */
export function pathIn(levels: readonly Buffer[], index: number): Buffer[] {
  const path: Buffer[] = [];
  let place = index;
  for (const level of levels.slice(0, -1)) {
    const sibling = place ^ 1;
    if (sibling * HASH_SIZE < level.length) path.push(hashAt(level, sibling));
    place >>= 1;
  }
  return path;
}
