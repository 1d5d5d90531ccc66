/**
 * Regular expressions of XPath 3.1 (functions §5.6.1, on XML Schema part 2 appendix F) to a program for matcher.ts. Back references
 * are not in it: they are what makes matching take exponential time.
 */

/** Whether a character belongs to a set. */
export type CharacterSet = (character: string) => boolean;

export type Instruction =
  | { readonly kind: "character"; readonly set: CharacterSet }
  | { readonly kind: "split"; first: number; second: number }
  | { readonly kind: "jump"; to: number }
  | { readonly kind: "save"; readonly slot: number }
  | { readonly kind: "start" | "end" }
  | { readonly kind: "match" };

export interface Program {
  readonly instructions: readonly Instruction[];
  /** Groups that capture, without the whole match. */
  readonly groups: number;
  readonly multiline: boolean;
}

type Piece =
  | { readonly kind: "set"; readonly set: CharacterSet }
  | { readonly kind: "start" | "end" }
  | { readonly kind: "sequence"; readonly items: readonly Piece[] }
  | { readonly kind: "choice"; readonly items: readonly Piece[] }
  | { readonly kind: "group"; readonly index: number; readonly item: Piece }
  | { readonly kind: "repeat"; readonly item: Piece; readonly min: number; readonly max: number; readonly lazy: boolean };

const SIZE_LIMIT = 5_000;
const DEPTH_LIMIT = 50;

/** Ends the reading of a pattern that is none, or that would be too large. */
class PatternFault extends Error {}

const CLASSES: Readonly<Record<string, RegExp>> = {
  s: /^[ \t\n\r]$/,
  d: /^\p{Nd}$/u,
  w: /^[^\p{P}\p{Z}\p{C}]$/u,
  i: /^[\p{L}\p{Nl}_:]$/u,
  c: /^[\p{L}\p{Nl}\p{Nd}\p{M}_:.\-·]$/u,
};
const PLAIN_ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
/** Blocks of Unicode by the names of XML Schema: those of the scripts used here. */
const BLOCKS: Readonly<Record<string, readonly [number, number]>> = {
  BasicLatin: [0x0, 0x7f],
  "Latin-1Supplement": [0x80, 0xff],
  "LatinExtended-A": [0x100, 0x17f],
  "LatinExtended-B": [0x180, 0x24f],
  GreekandCoptic: [0x370, 0x3ff],
  Greek: [0x370, 0x3ff],
  Cyrillic: [0x400, 0x4ff],
  CyrillicSupplement: [0x500, 0x52f],
  Armenian: [0x530, 0x58f],
  Hebrew: [0x590, 0x5ff],
  Arabic: [0x600, 0x6ff],
  Georgian: [0x10a0, 0x10ff],
  GeneralPunctuation: [0x2000, 0x206f],
  CurrencySymbols: [0x20a0, 0x20cf],
  CJKUnifiedIdeographs: [0x4e00, 0x9fff],
};

class PatternReader {
  readonly #signs: readonly string[];
  readonly #caseless: boolean;
  readonly #dotAll: boolean;
  #at = 0;
  #depth = 0;
  groups = 0;

  constructor(pattern: string, flags: string) {
    this.#signs = [...pattern];
    this.#caseless = flags.includes("i");
    this.#dotAll = flags.includes("s");
  }

  read(): Piece {
    const piece = this.#choice();
    if (this.#at < this.#signs.length) throw new PatternFault();
    return piece;
  }

  #peek(): string | undefined {
    return this.#signs[this.#at];
  }

  #take(sign: string): boolean {
    if (this.#peek() !== sign) return false;
    this.#at += 1;
    return true;
  }

  #next(): string {
    const sign = this.#peek();
    if (sign === undefined) throw new PatternFault();
    this.#at += 1;
    return sign;
  }

  #choice(): Piece {
    this.#depth += 1;
    if (this.#depth > DEPTH_LIMIT) throw new PatternFault();
    const items = [this.#sequence()];
    while (this.#take("|")) items.push(this.#sequence());
    this.#depth -= 1;
    return items.length === 1 ? items[0]! : { kind: "choice", items };
  }

  #sequence(): Piece {
    const items: Piece[] = [];
    for (let sign = this.#peek(); sign !== undefined && sign !== "|" && sign !== ")"; sign = this.#peek()) {
      items.push(this.#repeated(this.#atom()));
    }
    return { kind: "sequence", items };
  }

  #atom(): Piece {
    const sign = this.#next();
    switch (sign) {
      case "(":
        return this.#group();
      case "[":
        return { kind: "set", set: remember(this.#class()) };
      case ".":
        return { kind: "set", set: this.#dotAll ? () => true : (character) => character !== "\n" && character !== "\r" };
      case "^":
        return { kind: "start" };
      case "$":
        return { kind: "end" };
      case "\\":
        return { kind: "set", set: remember(this.#escape().set) };
      default:
        if ("*+?{})]".includes(sign)) throw new PatternFault();
        return { kind: "set", set: this.#single(sign) };
    }
  }

  #group(): Piece {
    let index = 0;
    if (this.#take("?")) {
      if (!this.#take(":")) throw new PatternFault();
    } else {
      this.groups += 1;
      index = this.groups;
    }
    const item = this.#choice();
    if (!this.#take(")")) throw new PatternFault();
    return index === 0 ? item : { kind: "group", index, item };
  }

  #repeated(item: Piece): Piece {
    const sign = this.#peek();
    let range: readonly [number, number] | undefined;
    if (sign === "*") range = [0, Number.POSITIVE_INFINITY];
    else if (sign === "+") range = [1, Number.POSITIVE_INFINITY];
    else if (sign === "?") range = [0, 1];
    else if (sign === "{") range = this.#counts();
    if (range === undefined) return item;
    if (sign !== "{") this.#at += 1;
    const [min, max] = range;
    return { kind: "repeat", item, min, max, lazy: this.#take("?") };
  }

  #counts(): readonly [number, number] {
    const end = this.#signs.indexOf("}", this.#at);
    const match = /^\{(\d{1,4})(,(\d{1,4})?)?$/.exec(this.#signs.slice(this.#at, end).join(""));
    if (end < 0 || !match) throw new PatternFault();
    this.#at = end + 1;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (max < min) throw new PatternFault();
    return [min, max];
  }

  #single(sign: string): CharacterSet {
    if (!this.#caseless) return (character) => character === sign;
    const forms = caseForms(sign);
    return (character) => caseForms(character).some((form) => forms.includes(form));
  }

  #range(from: string, to: string): CharacterSet {
    const [low, high] = [from.codePointAt(0)!, to.codePointAt(0)!];
    if (high < low) throw new PatternFault();
    const within = (character: string): boolean => {
      const point = character.codePointAt(0)!;
      return point >= low && point <= high;
    };
    return this.#caseless ? (character) => caseForms(character).some(within) : within;
  }

  /** What stands after a backslash: a set, and the character where it is a single one. */
  #escape(): { set: CharacterSet; single?: string } {
    const sign = this.#next();
    const known = CLASSES[sign.toLowerCase()];
    if (known && "sSdDwWiIcC".includes(sign)) {
      const negated = sign !== sign.toLowerCase();
      return { set: (character) => known.test(character) !== negated };
    }
    if (sign === "p" || sign === "P") return { set: this.#property(sign === "P") };
    const single = PLAIN_ESCAPES[sign] ?? ("\\|.-^?*+{}()[]$".includes(sign) ? sign : undefined);
    if (single === undefined) throw new PatternFault();
    return { set: this.#single(single), single };
  }

  #property(negated: boolean): CharacterSet {
    const end = this.#signs.indexOf("}", this.#at);
    if (!this.#take("{") || end < 0) throw new PatternFault();
    const name = this.#signs.slice(this.#at, end).join("");
    this.#at = end + 1;
    if (name.startsWith("Is")) {
      const block = Object.hasOwn(BLOCKS, name.slice(2)) ? BLOCKS[name.slice(2)] : undefined;
      if (!block) throw new PatternFault();
      const [low, high] = block;
      return (character) => (character.codePointAt(0)! >= low && character.codePointAt(0)! <= high) !== negated;
    }
    if (!/^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)$/.test(name)) throw new PatternFault();
    const category = new RegExp(`^\\p{${name}}$`, "u");
    return (character) => category.test(character) !== negated;
  }

  /** After `[`: characters, ranges, escapes, and at the end perhaps `-[…]`, which is taken away. */
  #class(): CharacterSet {
    this.#depth += 1;
    if (this.#depth > DEPTH_LIMIT) throw new PatternFault();
    const negated = this.#take("^");
    const sets: CharacterSet[] = [];
    let without: CharacterSet | undefined;
    while (!this.#take("]")) {
      if (this.#peek() === "-" && this.#signs[this.#at + 1] === "[") {
        this.#at += 2;
        without = this.#class();
        if (this.#peek() !== "]") throw new PatternFault();
        continue;
      }
      sets.push(this.#member());
    }
    this.#depth -= 1;
    if (sets.length === 0) throw new PatternFault();
    return (character) => sets.some((set) => set(character)) !== negated && !without?.(character);
  }

  #member(): CharacterSet {
    const sign = this.#next();
    if (sign === "[") throw new PatternFault();
    const { set, single } = sign === "\\" ? this.#escape() : { set: this.#single(sign), single: sign };
    const after = this.#signs[this.#at + 1];
    if (single === undefined || this.#peek() !== "-" || after === "]" || after === "[" || after === undefined) return set;
    this.#at += 1;
    const last = this.#next();
    const end = last === "\\" ? this.#escape().single : last;
    if (end === undefined) throw new PatternFault();
    return this.#range(single, end);
  }
}

function caseForms(character: string): string[] {
  const upper = character.toUpperCase();
  const lower = character.toLowerCase();
  return [character, upper, lower, upper.toLowerCase(), lower.toUpperCase()];
}

/** Sets are asked again and again about few characters. */
function remember(set: CharacterSet): CharacterSet {
  const known = new Map<string, boolean>();
  return (character) => {
    let found = known.get(character);
    if (found === undefined) {
      found = set(character);
      if (known.size < 2000) known.set(character, found);
    }
    return found;
  };
}

class Assembler {
  readonly instructions: Instruction[] = [];

  add(instruction: Instruction): number {
    if (this.instructions.length >= SIZE_LIMIT) throw new PatternFault();
    return this.instructions.push(instruction) - 1;
  }

  get here(): number {
    return this.instructions.length;
  }

  put(piece: Piece): void {
    switch (piece.kind) {
      case "set":
        this.add({ kind: "character", set: piece.set });
        return;
      case "start":
      case "end":
        this.add({ kind: piece.kind });
        return;
      case "sequence":
        for (const item of piece.items) this.put(item);
        return;
      case "group":
        this.add({ kind: "save", slot: piece.index * 2 });
        this.put(piece.item);
        this.add({ kind: "save", slot: piece.index * 2 + 1 });
        return;
      case "choice":
        this.#choice(piece.items);
        return;
      default:
        this.#repeat(piece);
    }
  }

  #choice(items: readonly Piece[]): void {
    const jumps: Extract<Instruction, { kind: "jump" }>[] = [];
    for (const [index, item] of items.entries()) {
      if (index === items.length - 1) {
        this.put(item);
        break;
      }
      const split = this.#split();
      split.first = this.here;
      this.put(item);
      const jump: Extract<Instruction, { kind: "jump" }> = { kind: "jump", to: 0 };
      this.add(jump);
      jumps.push(jump);
      split.second = this.here;
    }
    for (const jump of jumps) jump.to = this.here;
  }

  #split(): Extract<Instruction, { kind: "split" }> {
    const split: Extract<Instruction, { kind: "split" }> = { kind: "split", first: 0, second: 0 };
    this.add(split);
    return split;
  }

  #repeat(piece: Extract<Piece, { kind: "repeat" }>): void {
    for (let count = 0; count < piece.min; count += 1) this.put(piece.item);
    const optional = piece.max === Number.POSITIVE_INFINITY ? 1 : piece.max - piece.min;
    const splits: Extract<Instruction, { kind: "split" }>[] = [];
    for (let count = 0; count < optional; count += 1) {
      const start = this.here;
      const split = this.#split();
      const inside = this.here;
      this.put(piece.item);
      if (piece.max === Number.POSITIVE_INFINITY) this.add({ kind: "jump", to: start });
      if (piece.lazy) split.second = inside;
      else split.first = inside;
      splits.push(split);
    }
    for (const split of splits) {
      if (piece.lazy) split.first = this.here;
      else split.second = this.here;
    }
  }
}

/** A pattern with its flags (`s m i x q`) as a program; null where it is none, or too large. */
export function compileRegex(pattern: string, flags: string): Program | null {
  if (!/^[smixq]*$/.test(flags)) return null;
  // Flag x: white space outside of classes is nothing, even after a backslash.
  const spaceless = /x/.test(flags) && !/q/.test(flags);
  const text = spaceless ? pattern.replace(/(\[(?:\\.|[^\]\\])*\])|[ \t\n\r]+/gs, (_, kept?: string) => kept ?? "") : pattern;
  const literal = flags.includes("q") ? text.replace(/[\\|.\-^?*+{}()[\]$]/g, "\\$&") : text;
  try {
    const reader = new PatternReader(literal, flags);
    const piece = reader.read();
    const assembler = new Assembler();
    assembler.put({ kind: "group", index: 0, item: piece });
    assembler.add({ kind: "match" });
    return { instructions: assembler.instructions, groups: reader.groups, multiline: flags.includes("m") };
  } catch (error) {
    if (error instanceof PatternFault) return null;
    throw error;
  }
}
