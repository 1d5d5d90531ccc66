import type { Translate } from "@kerege/kernel/locale";
import type { VNode } from "preact";
import { around, type Box, type Drawing, type Edge, hanging, type Shape } from "./drawing.ts";
import { FigureOf, NameOf, round } from "./figures.tsx";
import { EdgeLine, EdgeName } from "./lines.tsx";
import { widthOf } from "./wrap.ts";

/** What happened at a place of a diagram: where a case has been, where it stands, what an edition changed. */
export type MarkState = "passed" | "now" | "failed" | "skipped" | "stopped" | "added" | "removed" | "changed";

export interface Mark {
  readonly state?: MarkState;
  /** How often it was passed, or how many cases are there. */
  readonly count?: number;
  /** A few letters beside the count, e.g. how long cases wait. */
  readonly note?: string;
}

export interface Paint {
  readonly t: Translate;
  /** What the picture is, for who does not see it. */
  readonly title: string;
  /** Begins the ids within the picture: several of them may stand on a page. */
  readonly id?: string;
  /** The name of an element in the reader's language, where somebody has it. */
  readonly nameOf?: (id: string, name: string) => string;
  readonly nodes?: ReadonlyMap<string, Mark>;
  readonly flows?: ReadonlyMap<string, Mark>;
}

const WIDE = 1300;

const ORDER: readonly MarkState[] = ["passed", "now", "failed", "skipped", "stopped", "added", "removed", "changed"];

/**
 * A diagram as SVG with what is marked on it. Its style is `DRAWING_STYLE`, all by classes; without the style it is still a drawing in black
 * lines. What a mark says is said by its sign and by a legend, not by colour alone; for ears there is `outlineOf`.
 */
export function drawProcess(drawing: Drawing, paint: Paint): VNode {
  const { t, title, id = "drawing", nodes = new Map<string, Mark>(), flows = new Map<string, Mark>() } = paint;
  const named = (one: Shape | Edge) => paint.nameOf?.(one.id, one.name) ?? one.name;
  // In another language a name may be longer than it is in the file.
  const whole = around([drawing.box, ...drawing.shapes.flatMap((shape) => hanging({ ...shape, name: named(shape) }))], 0);
  const box = withBadges(whole, drawing.shapes, nodes);
  const states = ORDER.filter((state) => [...nodes.values(), ...flows.values()].some((mark) => mark.state === state));
  const counted = [...nodes.values()].some((mark) => mark.state === undefined && mark.count !== undefined);
  // It shrinks to four fifths and then scrolls: smaller letters could not be read.
  const size = box.width < WIDE ? `fit-${Math.max(1, Math.floor(box.width / 100))}` : "wide";
  return (
    <figure class="drawing">
      {/* What scrolls must be reached by keyboard (WCAG 2.1.1). */}
      <div class={`drawing-box ${size}`} tabindex={0} role="group" aria-label={title}>
        <svg
          class="drawing-svg"
          xmlns="http://www.w3.org/2000/svg"
          viewBox={`${round(box.x)} ${round(box.y)} ${round(box.width)} ${round(box.height)}`}
          width={`${round(box.width / 16)}rem`}
          height={`${round(box.height / 16)}rem`}
          role="img"
          aria-labelledby={`${id}-title`}
          fill="none"
          stroke="none"
        >
          <title id={`${id}-title`}>{title}</title>
          {drawing.shapes.filter(isArea).map((shape) => (
            <ShapeOf shape={shape} name={named(shape)} mark={nodes.get(shape.id)} t={t} />
          ))}
          {drawing.edges.map((edge) => (
            <g class={`edge${stateClass(flows.get(edge.id))}`}>
              <EdgeLine edge={edge} />
            </g>
          ))}
          {drawing.shapes
            .filter((shape) => !isArea(shape))
            .map((shape) => (
              <ShapeOf shape={shape} name={named(shape)} mark={nodes.get(shape.id)} t={t} />
            ))}
          {drawing.edges.map((edge) => (
            <EdgeName edge={edge} name={named(edge)} />
          ))}
          {drawing.shapes.flatMap((shape) => {
            const mark = nodes.get(shape.id);
            return mark ? [<Badge box={shape.box} mark={mark} />] : [];
          })}
        </svg>
      </div>
      {(states.length > 0 || counted) && (
        <figcaption>
          <ul class="drawing-legend">
            {states.map((state) => (
              <li>
                <LegendSign mark={{ state }} /> {t(`process.drawing.states.${state}`)}
              </li>
            ))}
            {counted && (
              <li>
                <LegendSign mark={{ count: 3 }} /> {t("process.drawing.states.load")}
              </li>
            )}
          </ul>
        </figcaption>
      )}
    </figure>
  );
}

/** What others lie in is painted under the lines. */
const isArea = ({ look, expanded }: Shape) => look.figure === "pool" || look.figure === "lane" || expanded === true;

const stateClass = (mark: Mark | undefined) => (mark?.state ? ` ${mark.state}` : "");

function ShapeOf({ shape, name, mark, t }: { shape: Shape; name: string; mark: Mark | undefined; t: Translate }) {
  const said = mark?.state ? `: ${t(`process.drawing.states.${mark.state}`)}` : "";
  return (
    <g class={`node ${shape.look.figure}${stateClass(mark)}`} data-node={shape.id}>
      {(name !== "" || said !== "") && <title>{`${name || shape.id}${said}`}</title>}
      <FigureOf shape={shape} />
      <NameOf shape={shape} name={name} />
    </g>
  );
}

const SIGNS: Record<MarkState, string> = {
  passed: "M-4 .5-1 3.5 4.5-3",
  now: "M-2.5-4.5 4 0-2.5 4.5z",
  failed: "M0-4.5V1M0 3.2V4.5",
  skipped: "M-4-3.5-.5 0-4 3.5M1-3.5 4.5 0 1 3.5",
  stopped: "M-3.5-3.5 3.5 3.5M3.5-3.5-3.5 3.5",
  added: "M0-4.5v9M-4.5 0h9",
  removed: "M-4.5 0h9",
  changed: "M-4.5 1.5c1.5-4 3-3 4.5-1s3 3 4.5-1",
};

const HEIGHT = 18;
const SIZE = 11;

const badgeText = ({ state, count, note }: Mark): string =>
  [count !== undefined && (count > 1 || state === undefined) ? String(count) : "", note ?? ""].filter(Boolean).join(" · ");

function badgeWidth(mark: Mark): number {
  const text = badgeText(mark);
  const sign = mark.state ? HEIGHT : 6;
  return text === "" ? HEIGHT : sign + widthOf(text, SIZE) + 6;
}

/** A small sign at the upper right corner: what it says can be told apart without seeing colours. */
function Badge({ box, mark }: { box: Box; mark: Mark }) {
  const width = badgeWidth(mark);
  const left = box.x + box.width - Math.min(width, Math.max(HEIGHT, box.width / 2)) + HEIGHT / 2;
  return (
    <g class={`badge${stateClass(mark) || " load"}`} transform={`translate(${round(left)} ${round(box.y - HEIGHT / 2)})`}>
      <BadgeBody mark={mark} width={width} />
    </g>
  );
}

function BadgeBody({ mark, width }: { mark: Mark; width: number }) {
  const text = badgeText(mark);
  return (
    <>
      <rect class="ground" width={round(width)} height={HEIGHT} rx={mark.state === "failed" ? 3 : HEIGHT / 2} />
      {mark.state && <path class="sign" transform={`translate(${HEIGHT / 2} ${HEIGHT / 2})`} d={SIGNS[mark.state]} />}
      {text !== "" && (
        <text x={mark.state ? HEIGHT : 6} y={HEIGHT / 2 + 4} font-size={SIZE}>
          {text}
        </text>
      )}
    </>
  );
}

function LegendSign({ mark }: { mark: Mark }) {
  const width = badgeWidth(mark);
  return (
    <svg
      class="drawing-svg sign"
      viewBox={`-1 -1 ${round(width + 2)} ${HEIGHT + 2}`}
      width={round(width + 2)}
      height={HEIGHT + 2}
      aria-hidden="true"
    >
      <g class={`badge${stateClass(mark) || " load"}`}>
        <BadgeBody mark={mark} width={width} />
      </g>
    </svg>
  );
}

/** Badges stand out over the edges of their shapes. */
function withBadges(box: Box, shapes: readonly Shape[], nodes: ReadonlyMap<string, Mark>): Box {
  let [top, right] = [box.y, box.x + box.width];
  for (const shape of shapes) {
    const mark = nodes.get(shape.id);
    if (!mark) continue;
    top = Math.min(top, shape.box.y - HEIGHT);
    right = Math.max(
      right,
      shape.box.x + shape.box.width / 2 + badgeWidth(mark) + HEIGHT,
      shape.box.x + shape.box.width + HEIGHT,
    );
  }
  return { x: box.x, y: top, width: right - box.x, height: box.y + box.height - top };
}
