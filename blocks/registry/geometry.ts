/** Shapes on the map: GeoJSON (RFC 7946) outside, well-known binary (OGC 06-103r4, clause 8) in the table. Degrees of WGS 84, flat. */

export type Position = [number, number];
export type Geometry =
  | { type: "Point"; coordinates: Position }
  | { type: "LineString" | "MultiPoint"; coordinates: Position[] }
  | { type: "Polygon" | "MultiLineString"; coordinates: Position[][] }
  | { type: "MultiPolygon"; coordinates: Position[][][] };

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Number of a kind in WKB, how deep its positions stand, and what its parts are. */
const KINDS: Record<Geometry["type"], { wkb: number; depth: 0 | 1 | 2 | 3; of?: Geometry["type"] }> = {
  Point: { wkb: 1, depth: 0 },
  LineString: { wkb: 2, depth: 1 },
  Polygon: { wkb: 3, depth: 2 },
  MultiPoint: { wkb: 4, depth: 1, of: "Point" },
  MultiLineString: { wkb: 5, depth: 2, of: "LineString" },
  MultiPolygon: { wkb: 6, depth: 3, of: "Polygon" },
};
const MOST_POSITIONS = 50_000;
// A hundredth of a millimetre less than a centimetre: what surveyors give, and no more.
const DIGITS = 1e7;

/** A geometry out of anything that came from outside, with its numbers rounded to 1e-7 degree; undefined when it is none. */
export function readGeometry(given: unknown): Geometry | undefined {
  if (typeof given !== "object" || given === null || !("type" in given) || !("coordinates" in given)) return undefined;
  const type = String(given.type);
  if (!Object.hasOwn(KINDS, type)) return undefined;
  const kind = type as Geometry["type"];
  const count = { left: MOST_POSITIONS };
  const coordinates = readNested(given.coordinates, KINDS[kind].depth, count);
  if (coordinates === undefined) return undefined;
  const geometry = { type: kind, coordinates } as Geometry;
  return isSound(geometry) ? geometry : undefined;
}

function readNested(given: unknown, depth: number, count: { left: number }): unknown {
  if (depth === 0) return readPosition(given, count);
  if (!Array.isArray(given) || given.length === 0) return undefined;
  const made: unknown[] = [];
  for (const part of given) {
    const read = readNested(part, depth - 1, count);
    if (read === undefined) return undefined;
    made.push(read);
  }
  return made;
}

function readPosition(given: unknown, count: { left: number }): Position | undefined {
  if (!Array.isArray(given) || given.length !== 2 || --count.left < 0) return undefined;
  const [lon, lat] = given as unknown[];
  if (typeof lon !== "number" || typeof lat !== "number" || !(Math.abs(lon) <= 180) || !(Math.abs(lat) <= 90)) return undefined;
  return [Math.round(lon * DIGITS) / DIGITS + 0, Math.round(lat * DIGITS) / DIGITS + 0];
}

/** RFC 7946 3.1.4 and 3.1.6: a line has two positions, a ring four and ends where it began. */
function isSound(geometry: Geometry): boolean {
  const ring = (line: Position[]) =>
    line.length >= 4 && line[0]![0] === line.at(-1)![0] && line[0]![1] === line.at(-1)![1] && ringArea(line) !== 0;
  if (geometry.type === "LineString") return geometry.coordinates.length >= 2;
  if (geometry.type === "MultiLineString") return geometry.coordinates.every((line) => line.length >= 2);
  if (geometry.type === "Polygon") return geometry.coordinates.every(ring);
  return geometry.type !== "MultiPolygon" || geometry.coordinates.every((polygon) => polygon.every(ring));
}

function ringArea(ring: Position[]): number {
  let sum = 0;
  for (let at = 1; at < ring.length; at++) sum += ring[at - 1]![0] * ring[at]![1] - ring[at]![0] * ring[at - 1]![1];
  return sum;
}

/** One text for one geometry: `type` first, no spaces. */
export function geometryText(geometry: Geometry): string {
  return JSON.stringify({ type: geometry.type, coordinates: geometry.coordinates });
}

export function boxOf(geometry: Geometry): Box {
  const box: Box = { west: 180, south: 90, east: -180, north: -90 };
  const walk = (given: unknown, depth: number): void => {
    if (depth > 0) {
      for (const part of given as unknown[]) walk(part, depth - 1);
      return;
    }
    const [lon, lat] = given as Position;
    box.west = Math.min(box.west, lon);
    box.east = Math.max(box.east, lon);
    box.south = Math.min(box.south, lat);
    box.north = Math.max(box.north, lat);
  };
  walk(geometry.coordinates, KINDS[geometry.type].depth);
  return box;
}

/** Little-endian WKB of a sound geometry. */
export function toWkb(geometry: Geometry): Buffer {
  const chunks: Buffer[] = [];
  const count = (number: number) => {
    const chunk = Buffer.alloc(4);
    chunk.writeUInt32LE(number);
    chunks.push(chunk);
  };
  const write = (type: Geometry["type"], coordinates: unknown): void => {
    chunks.push(Buffer.from([1]));
    count(KINDS[type].wkb);
    const { of, depth } = KINDS[type];
    if (of === undefined) {
      body(coordinates, depth);
      return;
    }
    const parts = coordinates as unknown[];
    count(parts.length);
    for (const part of parts) write(of, part);
  };
  const body = (coordinates: unknown, depth: number): void => {
    if (depth === 0) {
      const chunk = Buffer.alloc(16);
      chunk.writeDoubleLE((coordinates as Position)[0], 0);
      chunk.writeDoubleLE((coordinates as Position)[1], 8);
      chunks.push(chunk);
      return;
    }
    const parts = coordinates as unknown[];
    count(parts.length);
    for (const part of parts) body(part, depth - 1);
  };
  write(geometry.type, geometry.coordinates);
  return Buffer.concat(chunks);
}

/** The geometry of WKB as `toWkb` writes it. */
export function fromWkb(bytes: Buffer): Geometry {
  let at = 0;
  const count = () => {
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const body = (depth: number): unknown => {
    if (depth > 0) return Array.from({ length: count() }, () => body(depth - 1));
    at += 16;
    return [bytes.readDoubleLE(at - 16), bytes.readDoubleLE(at - 8)];
  };
  const read = (): Geometry => {
    at += 1;
    const number = count();
    const type = (Object.keys(KINDS) as Geometry["type"][]).find((kind) => KINDS[kind].wkb === number)!;
    const { of, depth } = KINDS[type];
    if (of === undefined) return { type, coordinates: body(depth) } as Geometry;
    return { type, coordinates: Array.from({ length: count() }, () => read().coordinates) } as Geometry;
  };
  return read();
}
