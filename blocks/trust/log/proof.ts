/**
 * Proofs about a tree of RFC 6962: which parts of it they are made of, and their checking (RFC 9162, 2.1.3.2 and 2.1.4.2). Sizes and
 * places are whole numbers below 2^53, so no bit operations are used on them.
 */
import { EMPTY_ROOT, HASH_SIZE, hashNode } from "./merkle.ts";

/** The leaves from `from` up to, not including, `to`; its Merkle tree hash is meant. */
export type Span = { readonly from: number; readonly to: number };
/** The full subtree over the leaves `index·2^level` to `(index+1)·2^level`. */
export type Subtree = { readonly level: number; readonly index: number };

/** The largest power of two smaller than `count`; `count` is at least 2. */
function splitOf(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** What the audit path of a leaf consists of, from the leaf upwards (RFC 6962, 2.1.1). */
export function inclusionSpans(index: number, size: number): Span[] {
  const spans: Span[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    const isLeft = index < middle;
    spans.push(isLeft ? { from: middle, to } : { from, to: middle });
    [from, to] = isLeft ? [from, middle] : [middle, to];
  }
  return spans.reverse();
}

/** What the proof consists of that a tree of `size` begins with the tree of `old` leaves (RFC 6962, 2.1.2); nothing when `old` is 0. */
export function consistencySpans(old: number, size: number): Span[] {
  if (old === 0 || old === size) return [];
  const spans: Span[] = [];
  let [from, to, isWhole] = [0, size, true];
  while (old < to) {
    const middle = from + splitOf(to - from);
    const isLeft = old <= middle;
    spans.push(isLeft ? { from: middle, to } : { from, to: middle });
    isWhole &&= isLeft;
    [from, to] = isLeft ? [from, middle] : [middle, to];
  }
  if (!isWhole) spans.push({ from, to });
  return spans.reverse();
}

/** The full subtrees a span falls into, from left to right; `from` is where a subtree of the span's size may begin. */
export function subtreesOf({ from, to }: Span): Subtree[] {
  const subtrees: Subtree[] = [];
  let [start, left] = [from, to - from];
  while (left > 0) {
    let [level, width] = [0, 1];
    while (width * 2 <= left) [level, width] = [level + 1, width * 2];
    subtrees.push({ level, index: start / width });
    [start, left] = [start + width, left - width];
  }
  return subtrees;
}

/** The hash over full subtrees that stand side by side, larger ones first. */
export function joinSubtrees(hashes: readonly Buffer[]): Buffer {
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => hashNode(left, right));
}

const isHash = (bytes: Uint8Array): boolean => bytes.length === HASH_SIZE;
const isCount = (number: number): boolean => Number.isSafeInteger(number) && number >= 0;

/** The root that follows from a leaf, its place and its path; undefined when the path has another length than in a tree of this size. */
export function rootOfPath(
  leaf: { readonly hash: Uint8Array; readonly index: number },
  path: readonly Uint8Array[],
  size: number,
): Buffer | undefined {
  const { hash, index } = leaf;
  if (!isCount(index) || !isCount(size) || index >= size || !isHash(hash) || !path.every(isHash)) return undefined;
  let [place, last] = [index, size - 1];
  let root: Buffer = Buffer.from(hash);
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (place % 2 === 1 || place === last) {
      root = hashNode(sibling, root);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else root = hashNode(root, sibling);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : undefined;
}

/** Whether the leaf (its hash) stands at `index` of the tree with this root (RFC 9162, 2.1.3.2). */
export function verifyInclusion(
  leaf: { readonly hash: Uint8Array; readonly index: number },
  path: readonly Uint8Array[],
  tree: { readonly size: number; readonly root: Uint8Array },
): boolean {
  return rootOfPath(leaf, path, tree.size)?.equals(tree.root) ?? false;
}

/** Whether the newer tree begins with all leaves of the older one in their order (RFC 9162, 2.1.4.2). */
export function verifyConsistency(
  older: { readonly size: number; readonly root: Uint8Array },
  newer: { readonly size: number; readonly root: Uint8Array },
  path: readonly Uint8Array[],
): boolean {
  if (!isCount(older.size) || !isCount(newer.size) || older.size > newer.size || !path.every(isHash)) return false;
  if (older.size === 0) return path.length === 0 && EMPTY_ROOT.equals(older.root);
  if (older.size === newer.size) return path.length === 0 && Buffer.compare(older.root, newer.root) === 0;
  const steps = isPowerOfTwo(older.size) ? [older.root, ...path] : path;
  const [first, ...others] = steps;
  if (!first || path.length === 0) return false;
  let [place, last] = [older.size - 1, newer.size - 1];
  while (place % 2 === 1) [place, last] = [(place - 1) / 2, Math.floor(last / 2)];
  let [oldRoot, newRoot]: [Buffer, Buffer] = [Buffer.from(first), Buffer.from(first)];
  for (const step of others) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      [oldRoot, newRoot] = [hashNode(step, oldRoot), hashNode(step, newRoot)];
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else newRoot = hashNode(newRoot, step);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && oldRoot.equals(older.root) && newRoot.equals(newer.root);
}

function isPowerOfTwo(number: number): boolean {
  return number === 1 || (number % 2 === 0 && isPowerOfTwo(number / 2));
}
