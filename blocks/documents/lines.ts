/** Breaking text into lines of a given width. */
import type { Written } from "./sheet.ts";
import type { Face } from "./typeface.ts";

/** A stretch of text of one weight; `\n` forces a new line. */
export interface Piece {
  text: string;
  bold: boolean;
}

export interface Line {
  runs: (Written & { bold: boolean; x: number })[];
}

export interface Measure {
  faces: { regular: Face; bold: Face };
  size: number;
  /** Points. */
  width: number;
}

const SPACE: Piece = { text: " ", bold: false };
const BOLD_SPACE: Piece = { text: " ", bold: true };

/** Breaks at spaces; a word wider than the line is cut, so that nothing is painted past the edge. */
export function breakLines(pieces: Piece[], { faces, size, width }: Measure): Line[] {
  const whole = pieces.length === 1 ? onOneLine(pieces[0]!, { faces, size, width }) : undefined;
  if (whole) return [whole];
  const lines: Line[] = [];
  let runs: Line["runs"] = [];
  let x = 0;
  const turn = () => {
    runs = [];
    lines.push({ runs });
    x = 0;
  };
  const widthOf = ({ text, bold }: Piece) => (bold ? faces.bold : faces.regular).width(text, size);
  const put = ({ text, bold }: Piece, advance: number) => {
    const last = runs.at(-1);
    const painted = withPlainSpaces(text);
    if (last && last.bold === bold) last.text += painted;
    else runs.push({ text: painted, bold, x });
    x += advance;
  };
  const cut = ({ text, bold }: Piece) => {
    for (const character of text) {
      const advance = widthOf({ text: character, bold });
      if (x > 0 && x + advance > width && character !== " ") turn();
      put({ text: character, bold }, advance);
    }
  };
  turn();
  for (const word of wordsOf(pieces)) {
    if (word === "\n") {
      // Who listens or copies hears two words, not one.
      const last = runs.at(-1);
      if (last && !last.text.endsWith(" ")) last.text += " ";
      turn();
      continue;
    }
    let whole = 0;
    for (const part of word) whole += widthOf(part);
    // A space at the end of a line may stand past the edge: it is not seen, and readers need it between words.
    const last = word[word.length - 1]!;
    const seen = last.text.endsWith(" ") ? whole - widthOf(last.bold ? BOLD_SPACE : SPACE) : whole;
    if (x > 0 && x + seen > width) turn();
    if (seen > width) word.forEach(cut);
    else if (word.length === 1) put(last, whole);
    else for (const part of word) put(part, widthOf(part));
  }
  return lines;
}

/** Most texts of a document fit as they are: titles, values, headings. */
function onOneLine({ text, bold }: Piece, { faces, size, width }: Measure): Line | undefined {
  if (text === "" || text.includes("\n")) return undefined;
  const seen = text.endsWith(" ") ? text.slice(0, -1) : text;
  const fits = (bold ? faces.bold : faces.regular).width(seen, size) <= width;
  return fits ? { runs: [{ text: withPlainSpaces(text), bold, x: 0 }] } : undefined;
}

/** Once the lines are broken a no-break space is a space like any other, also for who copies or searches the text. */
const withPlainSpaces = (text: string): string => (text.includes("\u00a0") ? text.replaceAll("\u00a0", " ") : text);

/** Unbreakable stretches, each with the space after it; a word may change weight inside. */
function wordsOf(pieces: Piece[]): (Piece[] | "\n")[] {
  const words: (Piece[] | "\n")[] = [];
  let word: Piece[] = [];
  const end = () => {
    if (word.length > 0) words.push(word);
    word = [];
  };
  for (const { text, bold } of pieces) {
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at];
      if (character !== " " && character !== "\n") continue;
      const part = text.slice(start, character === " " ? at + 1 : at);
      if (part) word.push({ text: part, bold });
      end();
      if (character === "\n") words.push("\n");
      start = at + 1;
    }
    if (start < text.length) word.push({ text: text.slice(start), bold });
  }
  end();
  return words;
}
