/** Reads the stored tree: hashes of any span, proofs of any entry and of any two sizes. Tiles are kept in memory. */
import { HASH_SIZE } from "./merkle.ts";
import { consistencySpans, inclusionSpans, joinSubtrees, type Span, subtreesOf } from "./proof.ts";
import type { LogStore } from "./store.ts";
import { hashIn, openTile, placeOf, type Tile, type TileName, tileKey } from "./tile.ts";

const MOST_KEPT = 1024;

export function createTree(store: Pick<LogStore, "tiles">) {
  // A tile only ever grows at its end, so what is kept stays true; a wider one is read when it is needed. The oldest goes first.
  const kept = new Map<string, Tile>();

  async function read(wanted: Map<string, { name: TileName; width: number }>): Promise<Map<string, Tile>> {
    const tiles = new Map<string, Tile>();
    const missing: TileName[] = [];
    for (const [key, { name, width }] of wanted) {
      const tile = kept.get(key);
      if (tile && tile.width >= width) tiles.set(key, tile);
      else missing.push(name);
    }
    for (const { hashes, ...name } of await store.tiles(missing)) {
      const key = tileKey(name);
      const tile = openTile(hashes);
      tiles.set(key, tile);
      if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value as string);
      kept.set(key, tile);
    }
    for (const [key, { width }] of wanted)
      if ((tiles.get(key)?.width ?? 0) < width) throw new RangeError(`tile ${key} is not as wide as the tree says`);
    return tiles;
  }

  async function hashesOf(spans: readonly Span[]): Promise<Buffer[]> {
    const places = spans.map((span) => subtreesOf(span).map(placeOf));
    const wanted = new Map<string, { name: TileName; width: number }>();
    for (const { tile: name, width } of places.flat()) {
      const key = tileKey(name);
      wanted.set(key, { name, width: Math.max(width, wanted.get(key)?.width ?? 0) });
    }
    const tiles = await read(wanted);
    return places.map((parts) => joinSubtrees(parts.map((place) => hashIn(tiles.get(tileKey(place.tile))!, place))));
  }

  return {
    /** The root of the tree when it had so many entries. */
    async root(size: number): Promise<Buffer> {
      return (await hashesOf([{ from: 0, to: size }]))[0]!;
    },
    inclusion: (index: number, size: number): Promise<Buffer[]> => hashesOf(inclusionSpans(index, size)),
    consistency: (old: number, size: number): Promise<Buffer[]> => hashesOf(consistencySpans(old, size)),
    /** The beginning of a tile; undefined when the log is not so wide there. */
    async tile(name: TileName, width: number): Promise<Buffer | undefined> {
      const [stored] = await store.tiles([name]);
      return stored && stored.hashes.length >= width * HASH_SIZE ? stored.hashes.subarray(0, width * HASH_SIZE) : undefined;
    },
  };
}

export type Tree = ReturnType<typeof createTree>;
