/** How the tree grows: the tiles at its right edge, and what they become when entries are added. Pure. */
import { HASH_SIZE, hashLeaf, treeRoot } from "./merkle.ts";
import { joinSubtrees, subtreesOf } from "./proof.ts";
import { hashIn, openTile, placeOf, TILE_WIDTH, type TileName, tileKey, widthOf } from "./tile.ts";

export type StoredTile = TileName & { readonly hashes: Buffer };

/** The tiles of a tree that may still grow. */
export function edgeOf(size: number): TileName[] {
  const names: TileName[] = [];
  for (let level = 0; widthOf(size, level) > 0; level++) {
    if (widthOf(size, level) % TILE_WIDTH > 0) names.push({ level, number: Math.floor(widthOf(size, level) / TILE_WIDTH) });
  }
  return names;
}

/**
 * The tree of `size` leaves with more entries: the tiles that are new or wider, and the root. `edge` holds the tiles that
 * `edgeOf(size)` names; one that is missing or has another width is a `RangeError`, since nothing true could be signed then.
 */
export function growTree(tree: { size: number; edge: readonly StoredTile[] }, entries: readonly Uint8Array[]) {
  const open = new Map<string, { name: TileName; hashes: Buffer[]; grown: boolean }>();
  for (const name of edgeOf(tree.size)) {
    const stored = tree.edge.find((one) => tileKey(one) === tileKey(name));
    if (stored?.hashes.length !== (widthOf(tree.size, name.level) % TILE_WIDTH) * HASH_SIZE)
      throw new RangeError(`tile ${tileKey(name)} does not fit a tree of ${tree.size}`);
    open.set(tileKey(name), { name, hashes: [stored.hashes], grown: false });
  }
  const push = (level: number, hash: Buffer, place: number): void => {
    const name = { level, number: Math.floor(place / TILE_WIDTH) };
    const tile = open.get(tileKey(name)) ?? { name, hashes: [], grown: false };
    open.set(tileKey(name), tile);
    tile.hashes.push(hash);
    tile.grown = true;
    if ((place + 1) % TILE_WIDTH === 0) push(level + 1, treeRoot(Buffer.concat(tile.hashes)), name.number);
  };
  for (const [index, entry] of entries.entries()) push(0, hashLeaf(entry), tree.size + index);
  const size = tree.size + entries.length;
  const all = [...open.values()].map(({ name, hashes, grown }) => ({ ...name, hashes: Buffer.concat(hashes), grown }));
  const tiles = new Map(all.map((tile) => [tileKey(tile), openTile(tile.hashes)]));
  const root = joinSubtrees(
    subtreesOf({ from: 0, to: size }).map((subtree) => {
      const place = placeOf(subtree);
      const tile = tiles.get(tileKey(place.tile));
      // A tile that was filled by this growth or before it stands on the level above by now, unless it is the edge itself.
      if (!tile) throw new RangeError(`no tile ${tileKey(place.tile)}`);
      return hashIn(tile, place);
    }),
  );
  return { size, root, tiles: all.filter(({ grown }) => grown).map(({ level, number, hashes }) => ({ level, number, hashes })) };
}
