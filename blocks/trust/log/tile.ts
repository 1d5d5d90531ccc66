/** Tiles of the log's tree (C2SP tlog-tiles): 256 neighbouring hashes of one of the levels 0, 8, 16 … of the tree. */
import { HASH_SIZE, hashAt, treeLevels } from "./merkle.ts";
import type { Subtree } from "./proof.ts";

export const TILE_WIDTH = 256;
const HEIGHT = 8;

export type TileName = { readonly level: number; readonly number: number };

/** A tile as it is asked for: `width` is 256 for a full one. */
export type TilePath = TileName & { readonly kind: "hashes" | "entries"; readonly width: number };

const PATH = /^(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Reads `<L>/<N>[.p/<W>]` as it stands after `tile/`; undefined for what is not written in the one allowed way. */
export function parseTilePath(path: string): TilePath | undefined {
  const [, level, number = "", width] = PATH.exec(path) ?? [];
  if (level === undefined || number.startsWith("x000/") || number.length > 4 * 5 + 3) return undefined;
  const wide = width === undefined ? TILE_WIDTH : Number(width);
  const high = level === "entries" ? 0 : Number(level);
  if (high > 63 || (width !== undefined && wide >= TILE_WIDTH)) return undefined;
  const kind = level === "entries" ? "entries" : "hashes";
  return { kind, level: high, number: Number(number.replaceAll(/[x/]/g, "")), width: wide };
}

/** `1234067` is `x001/x234/067`. */
export function writeTileNumber(number: number): string {
  const digits = String(number);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  return padded.replaceAll(/\d{3}(?=\d)/g, "x$&/");
}

/** How many hashes the tree of a size has on a level of tiles. */
export const widthOf = (size: number, level: number): number => Math.floor(size / TILE_WIDTH ** level);

/** Where the hash of a full subtree is found: a tile, its rows above the bottom one (0 to 7), the place in the row. */
export function placeOf({ level, index }: Subtree): { tile: TileName; row: number; at: number; width: number } {
  const row = level % HEIGHT;
  const inTile = TILE_WIDTH / 2 ** row;
  const at = index % inTile;
  return {
    tile: { level: Math.floor(level / HEIGHT), number: Math.floor(index / inTile) },
    row,
    at,
    width: (at + 1) * 2 ** row,
  };
}

/** A tile with the levels above its hashes, made once. */
export type Tile = { readonly width: number; readonly rows: readonly Buffer[] };

/** Rows of a tile that is not full end in a hash of no full subtree; `placeOf` never leads there. */
export const openTile = (hashes: Buffer): Tile => ({ width: hashes.length / HASH_SIZE, rows: treeLevels(hashes) });

export const hashIn = (tile: Tile, place: { row: number; at: number }): Buffer => hashAt(tile.rows[place.row]!, place.at);

export const tileKey = ({ level, number }: TileName): string => `${level}/${number}`;

/** An entry bundle: each entry of 32 bytes after its length in two bytes. */
export function writeBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(entries.flatMap((entry) => [Buffer.from([entry.length >> 8, entry.length & 0xff]), entry]));
}
