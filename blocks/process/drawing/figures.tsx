import type { ComponentChildren, VNode } from "preact";
import type { Box, Look, Shape, Mark as Sign } from "./drawing.ts";
import { ActivityMark, TaskIcon, TriggerIcon } from "./icons.tsx";
import { lineHeight, type Wrapped, widthFor, wrap } from "./wrap.ts";

type LookOf<Figure extends Look["figure"]> = Extract<Look, { figure: Figure }>;

/** A shape without its name (BPMN 2.0.2, annex B and chapter 7.2). */
export function FigureOf({ shape }: { shape: Shape }): VNode | null {
  const { look, box } = shape;
  switch (look.figure) {
    case "activity":
      return <Activity shape={shape} look={look} />;
    case "event":
      return <Event box={box} look={look} />;
    case "gateway":
      return <Gateway box={box} look={look} />;
    case "pool":
    case "lane":
      return <Pool shape={shape} look={look} />;
    case "object":
      return <DataObject box={box} look={look} />;
    case "store":
      return <Store box={box} />;
    case "note":
      return (
        <>
          <rect class="clear" {...box} />
          <path class="stroke" d={`M${box.x + 12} ${box.y}H${box.x}V${box.y + box.height}h12`} />
        </>
      );
    case "group":
      return <rect class="outline dash-dot" {...box} rx="10" />;
    case "message":
      return (
        <>
          <rect class="body" {...box} />
          <path
            class="stroke"
            d={`M${box.x} ${box.y}l${box.width / 2} ${box.height * 0.6} ${box.width / 2} ${-box.height * 0.6}`}
          />
        </>
      );
    default:
      return <rect class="body" {...box} rx="4" />;
  }
}

function Activity({ shape: { box, expanded }, look }: { shape: Shape; look: LookOf<"activity"> }) {
  const { holds } = look;
  const edge = holds === "call" ? " thick" : holds === "event-sub-process" ? " dotted" : "";
  return (
    <>
      <rect class={`body${expanded ? " holds" : ""}${edge}`} {...box} rx="10" />
      {holds === "transaction" && <rect class="outline" {...within(box, 3)} rx="7" />}
      {look.task && look.task !== "task" && (
        <g transform={`translate(${box.x + 5} ${box.y + 5}) scale(.9)`}>
          <TaskIcon task={look.task} />
        </g>
      )}
      {look.marks.length > 0 && <Signs box={box} signs={look.marks} />}
    </>
  );
}

function Signs({ box, signs }: { box: Box; signs: readonly Sign[] }) {
  const left = box.x + box.width / 2 - (signs.length * 18) / 2 + 2;
  return (
    <>
      {signs.map((mark, index) => (
        <g transform={`translate(${left + index * 18} ${box.y + box.height - 17})`}>
          <ActivityMark mark={mark} />
        </g>
      ))}
    </>
  );
}

function Event({ box, look }: { box: Box; look: LookOf<"event"> }) {
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const radius = Math.min(box.width, box.height) / 2;
  const { place, trigger } = look;
  const double = place === "catch" || place === "throw" || place === "boundary";
  const edge = `${place === "end" ? " thick" : ""}${look.interrupting ? "" : " dashed"}`;
  return (
    <>
      <circle class={`body${edge}`} cx={x} cy={y} r={radius} />
      {double && <circle class={`outline${look.interrupting ? "" : " dashed"}`} cx={x} cy={y} r={Math.max(1, radius - 3)} />}
      {trigger !== "none" && (
        <g transform={`translate(${x} ${y}) scale(${round((radius / 18) * (double ? 0.85 : 0.95))})`}>
          <TriggerIcon trigger={trigger} full={place === "throw" || place === "end"} />
        </g>
      )}
    </>
  );
}

function Gateway({ box, look }: { box: Box; look: LookOf<"gateway"> }) {
  const [x, y, w, h] = [box.x + box.width / 2, box.y + box.height / 2, box.width / 2, box.height / 2];
  const scale = round(Math.min(w, h) / 25);
  return (
    <>
      <path class="body" d={`M${x} ${box.y}l${w} ${h} ${-w} ${h} ${-w} ${-h}z`} />
      <g transform={`translate(${x} ${y}) scale(${scale})`}>
        <GatewayIcon look={look} />
      </g>
    </>
  );
}

function GatewayIcon({ look }: { look: LookOf<"gateway"> }) {
  switch (look.gateway) {
    case "exclusive":
      return look.marked ? <path class="stroke bold" d="M-6.5-8 6.5 8M6.5-8-6.5 8" /> : null;
    case "parallel":
      return <path class="stroke bold" d="M0-11v22M-11 0h22" />;
    case "inclusive":
      return <circle class="outline bold" r="10" />;
    case "complex":
      return <path class="stroke bold" d="M0-11v22M-11 0h22M-7.5-7.5l15 15M7.5-7.5l-15 15" />;
    case "event-all":
      return (
        <>
          <circle class="outline" r="13" />
          <path class="open" d="M-2.5-8.5h5v6h6v5h-6v6h-5v-6h-6v-5h6z" />
        </>
      );
    default:
      return (
        <>
          <circle class="outline" r="13" />
          {look.gateway === "event" && <circle class="outline" r="10.5" />}
          <path class="open" d="M0-7.5 7.2-2.3 4.4 6.2h-8.8L-7.2-2.3z" />
        </>
      );
  }
}

/** Width of the strip of a pool or lane that holds its name. */
export const STRIP = 30;

function Pool({ shape: { box, name }, look }: { shape: Shape; look: LookOf<"pool" | "lane"> }) {
  const strip = Math.min(STRIP, look.across ? box.width : box.height);
  const line = look.across ? `M${box.x + strip} ${box.y}v${box.height}` : `M${box.x} ${box.y + strip}h${box.width}`;
  // A pool as wide as its strip, or one that shows nothing of its inside, has the name across.
  const split = name !== "" && !isClosed(box, look.across);
  return (
    <>
      <rect class="area" {...box} />
      {split && <path class="stroke" d={line} />}
      {look.many && <Signs box={box} signs={["many"]} />}
    </>
  );
}

/** A pool that shows nothing inside is drawn no higher than its name. */
const isClosed = (box: Box, across: boolean) => (across ? box.height <= 70 : box.width <= 70);

function DataObject({ box: { x, y, width, height }, look }: { box: Box; look: LookOf<"object"> }) {
  const fold = Math.min(10, width / 3);
  return (
    <>
      <path class="body" d={`M${x} ${y}h${width - fold}l${fold} ${fold}V${y + height}H${x}z`} />
      <path class="stroke" d={`M${x + width - fold} ${y}v${fold}h${fold}`} />
      {look.way !== "none" && (
        <g transform={`translate(${x + 4} ${y + 5})`}>
          <path class={look.way === "output" ? "full" : "open"} d="M0 3.5h7V0l6 5.5-6 5.5V7.5H0z" />
        </g>
      )}
      {look.many && <path class="stroke bold" d={`M${x + width / 2 - 4} ${y + height - 3}v-9m4 9v-9m4 9v-9`} />}
    </>
  );
}

function Store({ box: { x, y, width, height } }: { box: Box }) {
  const [rx, ry] = [width / 2, Math.min(8, height / 6)];
  const arc = `a${rx} ${ry} 0 0 0 ${width} 0`;
  return (
    <>
      <path class="body" d={`M${x} ${y + ry}a${rx} ${ry} 0 0 1 ${width} 0v${height - 2 * ry}a${rx} ${ry} 0 0 1 ${-width} 0z`} />
      <path class="stroke" d={`M${x} ${y + ry}${arc}M${x} ${y + 2 * ry}${arc}M${x} ${y + 3 * ry}${arc}`} />
    </>
  );
}

/** The name of a shape, broken into lines, where its figure wants it. */
export function NameOf({ shape, name }: { shape: Shape; name: string }): VNode | null {
  const { box, look, label, expanded } = shape;
  if (name.trim() === "") return null;
  if (look.figure === "pool" || look.figure === "lane") return <StripName box={box} name={name} across={look.across} />;
  if (label && look.figure !== "activity" && look.figure !== "note") {
    // Browsers that drew the file had other letters: a little wider than said does no harm.
    const width = widthFor(name, Math.max(label.width + 14, 60));
    return <Lines wrapped={wrap(name, { width, size: 11 })} x={label.x + label.width / 2} top={label.y} />;
  }
  if (look.figure === "note") {
    const wrapped = wrap(name, { width: Math.max(30, box.width - 12), size: 11 });
    return <Lines wrapped={wrapped} x={box.x + 8} top={box.y + 4} anchor="start" />;
  }
  if (look.figure === "group")
    return <Lines wrapped={wrap(name, { width: box.width, size: 11 })} x={box.x + box.width / 2} top={box.y + 4} />;
  if (look.figure === "activity" || look.figure === "other" || look.figure === "message") {
    if (expanded)
      return <Lines wrapped={wrap(name, { width: box.width - 16, size: 12 })} x={box.x + box.width / 2} top={box.y + 7} />;
    const marked = look.figure === "activity" && look.marks.length > 0;
    const icon = look.figure === "activity" && look.task !== undefined && look.task !== "task";
    const room = { width: box.width - 10, height: box.height - 6 - (marked ? 16 : 0) - (icon ? 8 : 0) };
    const wrapped = wrap(name, room);
    const height = wrapped.lines.length * lineHeight(wrapped.size);
    const middle = box.y + (box.height - height) / 2 - (marked ? 7 : 0);
    // Below the sign of the kind, where that leaves the marks free.
    const lowest = box.y + box.height - height - (marked ? 18 : 4);
    const top = icon ? Math.max(middle, Math.min(box.y + 21, lowest)) : middle;
    return <Lines wrapped={wrapped} x={box.x + box.width / 2} top={top} />;
  }
  return (
    <Lines wrapped={wrap(name, { width: widthFor(name, 96), size: 11 })} x={box.x + box.width / 2} top={box.y + box.height + 4} />
  );
}

function StripName({ box, name, across }: { box: Box; name: string; across: boolean }) {
  if (!across || isClosed(box, across)) {
    const wrapped = wrap(name, { width: box.width - 8, height: across ? box.height : STRIP, size: 12 });
    const top = across ? box.y + (box.height - wrapped.lines.length * lineHeight(12)) / 2 : box.y + 8;
    return <Lines wrapped={wrapped} x={box.x + box.width / 2} top={top} />;
  }
  const wrapped = wrap(name, { width: box.height - 8, height: STRIP + 2, size: 12 });
  const [x, y] = [box.x + Math.min(STRIP, box.width) / 2, box.y + box.height / 2];
  const height = wrapped.lines.length * lineHeight(wrapped.size);
  return (
    <g transform={`translate(${round(x)} ${round(y)}) rotate(-90)`}>
      <Lines wrapped={wrapped} x={0} top={-height / 2} />
    </g>
  );
}

/** Lines of text under one another; `top` is the upper edge of the first. */
export function Lines({
  wrapped,
  x,
  top,
  anchor = "middle",
}: {
  wrapped: Wrapped;
  x: number;
  top: number;
  anchor?: "middle" | "start";
}) {
  const { lines, size } = wrapped;
  const height = lineHeight(size);
  return (
    <text class="name" text-anchor={anchor} font-size={size}>
      {lines.map(
        (line, index): ComponentChildren => (
          <tspan x={round(x)} y={round(top + index * height + size)}>
            {line}
          </tspan>
        ),
      )}
    </text>
  );
}

const within = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x + by,
  y: y + by,
  width: width - 2 * by,
  height: height - 2 * by,
});
export const round = (value: number): number => Math.round(value * 100) / 100;
