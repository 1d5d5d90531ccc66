import { geometryOfText } from "../field-types.ts";
import type { Json } from "../field-types-parts.ts";

const SIDE = 150;
const MARGIN = 8;

type Position = [number, number];

/** A shape of a register (GeoJSON, degrees) as a small drawing that prints: no map, only the outline with north above. */
export function Shape({ text, title }: { text: string; title: string }) {
  const read = geometryOfText(text);
  if (!read) return null;
  const lines = linesOf((read as { coordinates: Json }).coordinates);
  const all = lines.flat();
  if (all.length === 0) return null;
  const [west, east] = [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))];
  const [south, north] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))];
  // A degree of longitude is shorter than one of latitude by the cosine of the latitude.
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = (SIDE - 2 * MARGIN) / Math.max((east - west) * narrow, north - south, 1e-9);
  const [left, top] = [(SIDE - (east - west) * narrow * scale) / 2, (SIDE - (north - south) * scale) / 2];
  const place = ([x, y]: Position) =>
    `${(left + (x - west) * narrow * scale).toFixed(1)} ${(top + (north - y) * scale).toFixed(1)}`;
  const polygon = /Polygon$/.test(read.type);
  return (
    <svg class="shape" viewBox={`0 0 ${SIDE} ${SIDE}`} width={SIDE} height={SIDE} role="img" aria-label={title}>
      {lines.map((line) => {
        if (line.length === 1) {
          const [x, y] = place(line[0]!).split(" ");
          return <circle cx={x} cy={y} r="4" />;
        }
        return <path class={polygon ? "area" : "line"} d={`M${line.map(place).join("L")}${polygon ? "Z" : ""}`} />;
      })}
    </svg>
  );
}

/** All lines of a geometry, whatever its kind: arrays of positions; a point is a line of one. */
function linesOf(coordinates: Json): Position[][] {
  if (!Array.isArray(coordinates)) return [];
  if (typeof coordinates[0] === "number") return [[[Number(coordinates[0]), Number(coordinates[1])]]];
  const [first] = coordinates;
  if (Array.isArray(first) && typeof first[0] === "number")
    return [coordinates.map((position) => [Number((position as Json[])[0]), Number((position as Json[])[1])])];
  return coordinates.flatMap(linesOf);
}
