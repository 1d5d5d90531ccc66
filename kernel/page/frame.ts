import { type ComponentChildren, createElement, Fragment, type VNode } from "preact";
import { jsxEscape, jsxTemplate } from "preact/jsx-runtime";
import { render } from "preact-render-to-string";

/** A drawn page with holes: `pieces[0] hole[0] pieces[1] hole[1] …`; the pieces are HTML and escaped already. */
interface Frame {
  pieces: string[];
  holes: string[];
}

// Letters of the private use area: no text and no address of the house holds them, and nothing escapes them.
const mark = (hole: string) => `\uE000${hole}\uE001`;
const MARKED = /\uE000([^\uE001]*)\uE001/;

interface Known {
  /** What the frame was drawn from, compared by identity. */
  from: readonly object[];
  frame: Frame;
}

/**
 * What stands around every page is the same for each language and set of switches: it is drawn once for each `key`, with a mark in
 * each hole, and cut there. A page then costs its own content alone. Frames live as long as the first object of `from`; one whose
 * other objects are no longer the same is drawn anew.
 */
export function createFrames(): (given: {
  from: readonly [object, ...object[]];
  key: string;
  draw: (mark: (hole: string) => string) => VNode;
}) => Frame {
  const owners = new WeakMap<object, Map<string, Known>>();
  return ({ from, key, draw }) => {
    let frames = owners.get(from[0]);
    if (!frames) {
      frames = new Map();
      owners.set(from[0], frames);
    }
    let known = frames.get(key);
    if (!known?.from.every((one, index) => one === from[index])) {
      const parts = render(draw(mark)).split(MARKED);
      const frame = { pieces: parts.filter((_, index) => index % 2 === 0), holes: parts.filter((_, index) => index % 2 === 1) };
      known = { from, frame };
      frames.set(key, known);
    }
    return known.frame;
  };
}

/** The page with its holes filled; what is filled in is escaped like any other text or attribute. */
export function fillFrame(frame: Frame, fill: (hole: string) => ComponentChildren): VNode {
  const filled = frame.holes.map((hole) => {
    const content = fill(hole);
    return typeof content === "string" ? jsxEscape(content) : createElement(Fragment, null, content);
  });
  return jsxTemplate(frame.pieces, ...filled);
}
