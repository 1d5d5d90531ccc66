/** Breaking text into lines of a given width. */
import type { Face } from "./typeface.ts";

/** A stretch of text of one weight; `\n` forces a new line. */
export interface Piece {
  text: string;
  bold: boolean;
}

export interface Line {
  runs: { text: string; bold: boolean; x: number }[];
}

export interface Measure {
  faces: { regular: Face; bold: Face };
  size: number;
  /** Points. */
  width: number;
}

/** Breaks at spaces; a word wider than the line is cut, so that nothing is painted past the edge. */
export function breakLines(pieces: Piece[], { faces, size, width }: Measure): Line[] {
  const lines: Line[] = [{ runs: [] }];
  let x = 0;
  const turn = () => {
    lines.push({ runs: [] });
    x = 0;
  };
  const put = (text: string, bold: boolean, advance: number) => {
    const runs = lines.at(-1)!.runs;
    const last = runs.at(-1);
    // Once the lines are broken a no-break space is a space like any other, also for who copies or searches the text.
    const painted = text.replaceAll("\u00a0", " ");
    if (last && last.bold === bold) last.text += painted;
    else runs.push({ text: painted, bold, x });
    x += advance;
  };
  for (const word of wordsOf(pieces)) {
    if (word === "\n") {
      // Who listens or copies hears two words, not one.
      const last = lines.at(-1)!.runs.at(-1);
      if (last && !last.text.endsWith(" ")) last.text += " ";
      turn();
      continue;
    }
    const widths = word.parts.map(({ text, bold }) => (bold ? faces.bold : faces.regular).width(text, size));
    // A space at the end of a line may stand past the edge: it is not seen, and readers need it between words.
    const seen = widths.reduce((sum, part) => sum + part, 0) - trailing(word.parts, { faces, size });
    if (x > 0 && x + seen > width) turn();
    if (seen <= width) {
      for (const [index, { text, bold }] of word.parts.entries()) put(text, bold, widths[index]!);
      continue;
    }
    for (const { text, bold } of word.parts) {
      for (const character of text) {
        const advance = (bold ? faces.bold : faces.regular).width(character, size);
        if (x > 0 && x + advance > width && character !== " ") turn();
        put(character, bold, advance);
      }
    }
  }
  return lines;
}

function trailing(parts: Piece[], { faces, size }: Pick<Measure, "faces" | "size">): number {
  const last = parts.at(-1)!;
  return last.text.endsWith(" ") ? (last.bold ? faces.bold : faces.regular).width(" ", size) : 0;
}

interface Word {
  parts: Piece[];
}

/** Unbreakable stretches, each with the space after it; a word may change weight inside. */
function* wordsOf(pieces: Piece[]): Generator<Word | "\n"> {
  let parts: Piece[] = [];
  for (const { text, bold } of pieces) {
    for (const token of text.match(/\n|[^ \n]* |[^ \n]+/g) ?? []) {
      if (token === "\n") {
        if (parts.length > 0) yield { parts };
        parts = [];
        yield "\n";
        continue;
      }
      parts.push({ text: token, bold });
      if (token.endsWith(" ")) {
        yield { parts };
        parts = [];
      }
    }
  }
  if (parts.length > 0) yield { parts };
}
