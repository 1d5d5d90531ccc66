const NARROW = new Set("iljtfrIı.,:;'’!|()[]/ ·");
const WIDE = new Set("mwMWшщжмюфыдШЩЖМЮФЫДЪъ@%—№");

/** How wide a text is about, in pixels at this size of type: there is no browser here to ask. */
export function widthOf(text: string, size: number): number {
  let ems = 0;
  for (const letter of text)
    ems += NARROW.has(letter) ? 0.34 : WIDE.has(letter) ? 0.86 : letter !== letter.toLowerCase() ? 0.72 : 0.58;
  return ems * size;
}

/** Width for a name that stands in the open: at least so much, more where a long word would be cut else. */
export function widthFor(name: string, least: number, size = 11): number {
  const widest = name.split(/\s+/).reduce((most, word) => Math.max(most, widthOf(word, size)), 0);
  return Math.max(least, Math.min(150, Math.ceil(widest)));
}

export interface Wrapped {
  readonly lines: readonly string[];
  readonly size: number;
}

/** Breaks a name into lines that fit a width; a word that fits no line is cut, and what fits no height ends in an ellipsis. */
export function wrap(text: string, room: { width: number; height?: number; size?: number }): Wrapped {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const sizes = room.size ? [room.size] : [12, 11, 10];
  for (const size of sizes) {
    if (words.some((word) => cut(word, room.width, size).some(isCut))) continue;
    const lines = linesOf(words, room.width, size);
    if (fits(lines.length, size, room.height)) return { lines, size };
  }
  const size = sizes.at(-1)!;
  const lines = linesOf(words, room.width, size);
  const most = Math.max(1, Math.floor((room.height ?? Number.POSITIVE_INFINITY) / lineHeight(size)));
  if (lines.length <= most) return { lines, size };
  const last = lines[most - 1]!;
  return { lines: [...lines.slice(0, most - 1), `${last.replace(/[\s,.;:-]+$/, "").slice(0, -1)}…`], size };
}

export const lineHeight = (size: number): number => Math.round(size * 1.2);
const fits = (count: number, size: number, height: number | undefined) =>
  height === undefined || count * lineHeight(size) <= height;
const isCut = (line: string) => line.endsWith("\u00ad");

function linesOf(words: readonly string[], width: number, size: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words.flatMap((word) => cut(word, width, size))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && (isCut(line) || widthOf(longer, size) > width)) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== "") lines.push(line);
  return lines.map((each) => (isCut(each) ? `${each.slice(0, -1)}-` : each));
}

/** Parts of a word that is wider than a line; all but the last end in a soft hyphen. */
function cut(word: string, width: number, size: number): string[] {
  if (widthOf(word, size) <= width) return [word];
  // Where the word has a hyphen of its own, that is the place.
  const hyphen = word.indexOf("-", 1);
  if (hyphen > 0 && hyphen < word.length - 1 && widthOf(word.slice(0, hyphen + 1), size) <= width)
    return [word.slice(0, hyphen + 1), ...cut(word.slice(hyphen + 1), width, size)];
  const parts: string[] = [];
  let part = "";
  for (const letter of word) {
    if (part.length > 1 && widthOf(`${part}${letter}-`, size) > width) {
      parts.push(`${part}\u00ad`);
      part = letter;
    } else part += letter;
  }
  return part === "" ? parts : [...parts, part];
}
