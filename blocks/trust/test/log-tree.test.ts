import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { edgeOf, growTree, type StoredTile } from "../log/growth.ts";
import { EMPTY_ROOT, HASH_SIZE, hashAt, hashLeaf, hashNode, pathIn, treeLevels, treeRoot } from "../log/merkle.ts";
import { consistencySpans, inclusionSpans, type Span, verifyConsistency, verifyInclusion } from "../log/proof.ts";
import { parseTilePath, tileKey, writeTileNumber } from "../log/tile.ts";
import { createTree } from "../log/tree.ts";
import { seeded } from "./fixture.ts";

/** Entries and roots that implementations of RFC 6962 have in common since the first one. */
const ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/** The definition of RFC 6962, 2.1 word by word, with nothing of ours in it. */
function mth(entries: readonly Buffer[]): Buffer {
  const sha = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  if (entries.length === 0) return sha();
  if (entries.length === 1) return sha(Uint8Array.of(0), entries[0]!);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha(Uint8Array.of(1), mth(entries.slice(0, k)), mth(entries.slice(k)));
}

/** All spans of one list of entries, each worked out once. */
function spansOf(entries: readonly Buffer[]): (span: Span) => Buffer {
  const known = new Map<string, Buffer>();
  return ({ from, to }) => {
    const key = `${from} ${to}`;
    const hash = known.get(key) ?? mth(entries.slice(from, to));
    known.set(key, hash);
    return hash;
  };
}

const entriesOf = (count: number): Buffer[] => Array.from({ length: count }, (_, index) => Buffer.from(`entry ${index}`));

test("M-A9: trees of 0 to 8 entries have the roots known for RFC 6962", () => {
  for (const [size, root] of ROOTS.entries()) {
    const hashes = ENTRIES.slice(0, size).map((entry) => hashLeaf(Buffer.from(entry, "hex")));
    assert.equal(treeRoot(Buffer.concat(hashes)).toString("hex"), root, `${size} entries`);
  }
  assert.equal(EMPTY_ROOT.toString("hex"), ROOTS[0]);
});

test("every path in every tree of up to 70 leaves proves its leaf and no other", () => {
  const entries = entriesOf(70);
  const hashOf = spansOf(entries);
  for (let size = 1; size <= entries.length; size++) {
    const levels = treeLevels(Buffer.concat(entries.slice(0, size).map(hashLeaf)));
    const root = hashOf({ from: 0, to: size });
    assert.ok(levels.at(-1)!.equals(root));
    for (let index = 0; index < size; index++) {
      const path = pathIn(levels, index);
      assert.deepEqual(path, inclusionSpans(index, size).map(hashOf));
      const hash = hashLeaf(entries[index]!);
      assert.ok(verifyInclusion({ hash, index }, path, { size, root }), `${index} of ${size}`);
      assert.equal(verifyInclusion({ hash: hashLeaf(Buffer.from("x")), index }, path, { size, root }), false);
      assert.equal(verifyInclusion({ hash, index: index + 1 }, path, { size, root }), false, `${index + 1} of ${size}`);
      assert.equal(verifyInclusion({ hash, index }, [...path, root], { size, root }), false);
      for (let at = 0; at < path.length; at++) {
        const changed = path.map((one, nr) => (nr === at ? hashNode(one, one) : one));
        assert.equal(verifyInclusion({ hash, index }, changed, { size, root }), false);
        assert.equal(verifyInclusion({ hash, index }, path.toSpliced(at, 1), { size, root }), false);
      }
    }
  }
});

test("every pair of sizes up to 70 is proven consistent, and a changed past is not", () => {
  const entries = entriesOf(70);
  const hashOf = spansOf(entries);
  for (let size = 1; size <= entries.length; size++) {
    const newer = { size, root: hashOf({ from: 0, to: size }) };
    for (let old = 0; old <= size; old++) {
      const older = { size: old, root: hashOf({ from: 0, to: old }) };
      const path = consistencySpans(old, size).map(hashOf);
      assert.ok(verifyConsistency(older, newer, path), `${old} to ${size}`);
      const forged = { size: old, root: hashNode(older.root, older.root) };
      assert.equal(verifyConsistency(forged, newer, path), false, `another past of ${old} in ${size}`);
      if (old === 0) continue;
      assert.equal(verifyConsistency(older, { size, root: forged.root }, path), false, `another present of ${size} after ${old}`);
      assert.equal(verifyConsistency(older, newer, [...path, newer.root]), false);
      for (let at = 0; at < path.length; at++)
        assert.equal(verifyConsistency(older, newer, path.toSpliced(at, 1)), false, `a step less, ${old} to ${size}`);
      if (old < size) assert.equal(verifyConsistency(newer, older, path), false, "backwards");
    }
  }
});

/** A tree grown in steps, its tiles in a map. */
function grow(counts: readonly number[], entry: (index: number) => Buffer) {
  const tiles = new Map<string, StoredTile>();
  let size = 0;
  let root: Buffer = EMPTY_ROOT;
  for (const count of counts) {
    const edge = edgeOf(size).map((name) => tiles.get(tileKey(name))!);
    const grown = growTree(
      { size, edge },
      Array.from({ length: count }, (_, index) => entry(size + index)),
    );
    for (const tile of grown.tiles) tiles.set(tileKey(tile), tile);
    ({ size, root } = grown);
  }
  const tree = createTree({ tiles: async (names) => names.flatMap((name) => tiles.get(tileKey(name)) ?? []) });
  return { tiles, size, root, tree };
}

test("a tree grown in any steps has the tiles, roots and proofs of one that was made at once", async () => {
  const random = seeded(20261122);
  const entry = (index: number) => createHash("sha256").update(`entry ${index}`).digest();
  const counts = [1, 1, 253, 1, 1, 300, ...Array.from({ length: 40 }, () => 1 + Math.floor(random() * 4000))];
  const { tiles, size, root, tree } = grow(counts, entry);
  assert.ok(size > 65_536, "tall enough for a tile on level 2");
  const all = Array.from({ length: size }, (_, index) => entry(index));
  const leaves = Buffer.concat(all.map(hashLeaf));
  assert.ok(treeRoot(leaves).equals(root));
  assert.ok((await tree.root(size)).equals(root));
  assert.deepEqual(
    [...tiles.values()].filter(({ hashes }) => hashes.length > 256 * HASH_SIZE),
    [],
  );
  const levels = [Math.floor(size), Math.floor(size / 256), Math.floor(size / 65_536)];
  for (const [level, count] of levels.entries()) {
    const stored = [...tiles.values()].filter((tile) => tile.level === level).sort((a, b) => a.number - b.number);
    assert.equal(Buffer.concat(stored.map(({ hashes }) => hashes)).length, count * HASH_SIZE, `hashes on level ${level}`);
  }
  assert.ok(hashAt(tiles.get("1/1")!.hashes, 7).equals(mth(all.slice((256 + 7) * 256, (256 + 8) * 256))));
  for (let round = 0; round < 25; round++) {
    const at = 1 + Math.floor(random() * size);
    const rootThen = treeRoot(leaves.subarray(0, at * HASH_SIZE));
    assert.ok((await tree.root(at)).equals(rootThen), `root at ${at}`);
    const index = Math.floor(random() * at);
    const path = await tree.inclusion(index, at);
    assert.ok(verifyInclusion({ hash: hashLeaf(entry(index)), index }, path, { size: at, root: rootThen }), `${index} of ${at}`);
    assert.ok(
      verifyConsistency({ size: at, root: rootThen }, { size, root }, await tree.consistency(at, size)),
      `${at} to ${size}`,
    );
  }
});

test("a tree whose edge was lost or changed in width does not grow", async () => {
  const { tiles, size } = grow([300], (index) => Buffer.from([index % 256]));
  const edge = edgeOf(size).map((name) => tiles.get(tileKey(name))!);
  assert.equal(edge.length, 2);
  assert.throws(() => growTree({ size, edge: edge.slice(1) }, [Buffer.alloc(32)]), RangeError);
  assert.throws(() => growTree({ size: size + 1, edge }, [Buffer.alloc(32)]), RangeError);
});

test("a tile that was changed in the store spoils the proofs that stand on it", async () => {
  const { tiles, root, size, tree } = grow([600], (index) => Buffer.from(`entry ${index}`));
  const tile = tiles.get("0/1")!;
  const hashes = Buffer.from(tile.hashes);
  hashes[40]! ^= 1;
  tiles.set("0/1", { ...tile, hashes });
  const path = await tree.inclusion(300, size);
  assert.equal(verifyInclusion({ hash: hashLeaf(Buffer.from("entry 300")), index: 300 }, path, { size, root }), false);
});

test("paths of tiles are read in the one way the specification writes them", () => {
  assert.equal(writeTileNumber(1234067), "x001/x234/067");
  assert.equal(writeTileNumber(0), "000");
  assert.deepEqual(parseTilePath("0/x001/x234/067"), { kind: "hashes", level: 0, number: 1234067, width: 256 });
  assert.deepEqual(parseTilePath("2/000.p/17"), { kind: "hashes", level: 2, number: 0, width: 17 });
  assert.deepEqual(parseTilePath("entries/003.p/255"), { kind: "entries", level: 0, number: 3, width: 255 });
  const wrong = [
    "0/0",
    "0/x000/001",
    "00/000",
    "64/000",
    "0/000.p/0",
    "0/000.p/256",
    "0/000.p/01",
    "0/001/067",
    "0/x001/67",
    "-1/000",
    "0/000/",
  ];
  for (const path of [...wrong, "", "0", "entries", "0/../000", "0/x001", "1/000.p/", "data/000"])
    assert.equal(parseTilePath(path), undefined, path);
});
