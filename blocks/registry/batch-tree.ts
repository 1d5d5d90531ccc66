import { hash } from "node:crypto";
import type { Values } from "./declaration.ts";

/**
 * What was committed together is a batch: each event and each read is a leaf of its Merkle tree (RFC 6962, 2.1, SHA-256), and the
 * root of the tree goes into the log of the state. Bytes:
 *
 *   content   UTF-8 text, JSON in the canonical form of RFC 8785 (names sorted, no spaces, no field that is null in `values`)
 *   leaf      H(0x00 ‖ salt[16] ‖ H(content)[32])     the leaf hash of the entry salt ‖ H(content), as the log of the state has it
 *   node      H(0x01 ‖ left[32] ‖ right[32])
 *   head      H(previous head[32] ‖ root[32] ‖ at)     `at` as ISO 8601 text; 32 zero bytes before the first batch of a chain
 *
 * The salt of an event stands in its row; the salt of a read is its identifier. When content and salt are erased, 32 bytes remain
 * that say nothing, and the proofs of all other leaves stay good.
 */
export interface EventLeaf {
  register: string;
  key: string;
  event: string;
  version: number;
  validFrom: string;
  validTo: string | null;
  ended: boolean;
  state: string | null;
  document: string;
  documentKind: string | null;
  documentOn: string | null;
  act: string;
  case: string | null;
  actor: string;
  recordedAt: Date;
  values: Values;
}

/** A read as it was asked: made before it is known whether anything is found. */
export interface ReadLeaf {
  id: string;
  at: Date;
  /** `actorKey` of the reader. */
  reader: string;
  register: string;
  key: string;
  fields: readonly string[];
  ground: string;
  case: string | null;
  service: string | null;
  reason: string | null;
}

export const HASH_SIZE = 32;
export const FIRST_HEAD: Buffer = Buffer.alloc(HASH_SIZE);

// What has to be written otherwise inside quotes (RFC 8259, 7), and halves of pairs, which RFC 8785 has no spelling for.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are just what is looked for.
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;
const text = (value: unknown): string =>
  typeof value === "string" && !escaped.test(value) ? `"${value}"` : JSON.stringify(value);

/** The canonical text of an event: RFC 8785, so that any program can make it again. */
export function eventContent(leaf: EventLeaf): string {
  const document = `{"kind":${text(leaf.documentKind)},"number":${text(leaf.document)},"on":${text(leaf.documentOn)}}`;
  return (
    `{"act":${text(leaf.act)},"actor":${text(leaf.actor)},"case":${text(leaf.case)},"document":${document},"ended":${leaf.ended},` +
    `"event":${text(leaf.event)},"kerege":"event/1","key":${text(leaf.key)},"recorded_at":${text(leaf.recordedAt)},` +
    `"register":${text(leaf.register)},"state":${text(leaf.state)},"valid_from":${text(leaf.validFrom)},` +
    `"valid_to":${text(leaf.validTo)},"values":${valuesText(leaf.values)},"version":${leaf.version}}`
  );
}

function valuesText(values: Values): string {
  let all = "";
  for (const field of Object.keys(values).sort()) {
    const value = values[field];
    if (value === null || value === undefined) continue;
    all += `${all === "" ? "" : ","}${text(field)}:${text(value)}`;
  }
  return `{${all}}`;
}

/** The canonical text of a read. */
export function readContent(leaf: ReadLeaf): string {
  return (
    `{"at":${text(leaf.at)},"case":${text(leaf.case)},"fields":${text(leaf.fields)},"ground":${text(leaf.ground)},` +
    `"id":${text(leaf.id)},"kerege":"read/1","key":${text(leaf.key)},"reader":${text(leaf.reader)},"reason":${text(leaf.reason)},` +
    `"register":${text(leaf.register)},"service":${text(leaf.service)}}`
  );
}

// A digest taken as a string of one byte a sign costs a third of one taken as a buffer.
const sha256 = (bytes: Uint8Array | string): string => hash("sha256", bytes, "binary");
const entry = Buffer.alloc(1 + 16 + HASH_SIZE);
const node = Buffer.alloc(1 + 2 * HASH_SIZE, 1);

/** The leaf of a content under a salt (a UUID: its 16 bytes). */
export function leafOf(salt: string, content: string): Buffer {
  entry.write(salt.replaceAll("-", ""), 1, "hex");
  entry.write(sha256(content), 17, "latin1");
  return Buffer.from(sha256(entry), "latin1");
}

/** Leaves out of the bytes in which they stand one after another. */
export function leavesIn(hashes: Buffer | null | undefined): Buffer[] {
  const count = Math.ceil((hashes?.length ?? 0) / HASH_SIZE);
  return Array.from({ length: count }, (_, at) => hashes!.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE));
}

/** Levels of the tree, leaves first, the last with the root alone. A node without a partner is carried up as it is. */
function levelsOf(leaves: readonly Buffer[]): Buffer[][] {
  const levels: Buffer[][] = [[...leaves]];
  for (let level = levels[0]!; level.length > 1; levels.push(level)) {
    const above: Buffer[] = [];
    for (let index = 0; index < level.length; index += 2) {
      const right = level[index + 1];
      above.push(right ? join(level[index]!, right) : level[index]!);
    }
    level = above;
  }
  return levels;
}

function join(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_SIZE);
  return Buffer.from(sha256(node), "latin1");
}

/** RFC 6962, 2.1: the root over leaf hashes; of none, the hash of nothing. */
export function treeRoot(leaves: readonly Buffer[]): Buffer {
  return levelsOf(leaves).at(-1)![0] ?? Buffer.from(sha256(""), "latin1");
}

/** The same root over leaves that come one after another, with no more kept than the height of the tree. */
export function createTree(): { add(leaf: Buffer): void; root(): Buffer } {
  // Roots of whole subtrees, the largest first: one for each bit of the number of leaves.
  const whole: Buffer[] = [];
  let count = 0;
  return {
    add(leaf) {
      let top = leaf;
      for (let bits = count; bits % 2 === 1; bits = (bits - 1) / 2) top = join(whole.pop()!, top);
      whole.push(top);
      count++;
    },
    root: () => (whole.length === 0 ? treeRoot([]) : whole.reduceRight((right, left) => join(left, right))),
  };
}

/** RFC 6962, 2.1.1: the siblings of a leaf from below upwards. */
export function pathOf(leaves: readonly Buffer[], place: number): Buffer[] {
  const path: Buffer[] = [];
  let at = place;
  for (const level of levelsOf(leaves).slice(0, -1)) {
    const sibling = level[at ^ 1];
    if (sibling) path.push(sibling);
    at >>= 1;
  }
  return path;
}

/** RFC 9162, 2.1.3.2: the root that a leaf at a place among so many leads to by its path; undefined where the path does not fit. */
export function rootByPath(leaf: Buffer, given: { place: number; leaves: number; path: readonly Buffer[] }): Buffer | undefined {
  let [at, last, found] = [given.place, given.leaves - 1, leaf];
  if (at < 0 || at > last) return undefined;
  for (const sibling of given.path) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      found = join(sibling, found);
      while (at % 2 === 0 && at !== 0) [at, last] = [at >> 1, last >> 1];
    } else found = join(found, sibling);
    [at, last] = [at >> 1, last >> 1];
  }
  return last === 0 ? found : undefined;
}

/** The head of a chain after a batch: nothing can be taken out of a chain without changing every head after it. */
export function chainHead(before: Buffer, root: Buffer, at: Date): Buffer {
  return Buffer.from(sha256(Buffer.concat([before, root, Buffer.from(at.toISOString())])), "latin1");
}
