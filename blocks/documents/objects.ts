/** Objects of a PDF file and the classic table that says where they stand (ISO 32000-1, 7.5). Equal input gives equal bytes. */
import { createHash } from "node:crypto";

/** The binary comment tells transfer programs that the file is not text (7.5.2). */
const HEADER = Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1");

/** Objects that are the same in every document, written once per process: the beginning of each file. */
export interface Foundation {
  bytes: Buffer;
  /** Offset of object n at index n - 1. */
  offsets: number[];
  /** Their lines in the table. */
  places: string;
}

export interface Objects {
  /** The number of an object that is put later. */
  reserve(): number;
  put(number: number, body: string): void;
  add(body: string): number;
  /** A stream with its dictionary's entries but `/Length`. */
  addStream(entries: string, content: Buffer): number;
  /** The finished file; the identity tells it from any other (14.4). */
  finish(parts: { root: number; information: number; identity: Buffer[] }): Buffer;
  /** The objects so far as a foundation of others. */
  freeze(): Foundation;
}

/** A line of the table, twenty bytes (7.5.4). */
const entryOf = (offset: number): string => {
  const digits = String(offset);
  return `${"0000000000".slice(digits.length)}${digits} 00000 n \n`;
};

export function createObjects(foundation?: Foundation): Objects {
  const chunks: Buffer[] = [foundation?.bytes ?? HEADER];
  const offsets = [...(foundation?.offsets ?? [])];
  let length = chunks[0]!.length;
  // Text waits here until a stream comes: one buffer for many small objects.
  let text = "";
  const write = (part: string) => {
    text += part;
    length += part.length;
  };
  const flush = () => {
    if (text === "") return;
    chunks.push(Buffer.from(text, "latin1"));
    text = "";
  };
  const reserve = () => offsets.push(0);
  const put = (number: number, body: string) => {
    offsets[number - 1] = length;
    write(`${number} 0 obj\n${body}\nendobj\n`);
  };
  return {
    reserve,
    put,
    add(body) {
      const number = reserve();
      put(number, body);
      return number;
    },
    addStream(entries, content) {
      const number = reserve();
      offsets[number - 1] = length;
      write(`${number} 0 obj\n<<${entries}/Length ${content.length}>>\nstream\n`);
      flush();
      chunks.push(content);
      length += content.length;
      write("\nendstream\nendobj\n");
      return number;
    },
    finish({ root, information, identity }) {
      flush();
      const hash = createHash("sha256");
      for (const part of identity) hash.update(part);
      const id = hash.digest("hex").slice(0, 32);
      let places = foundation?.places ?? "";
      for (let index = foundation?.offsets.length ?? 0; index < offsets.length; index++) places += entryOf(offsets[index]!);
      const size = offsets.length + 1;
      const trailer = `<</Size ${size}/Root ${root} 0 R/Info ${information} 0 R/ID[<${id}><${id}>]>>`;
      write(`xref\n0 ${size}\n0000000000 65535 f \n${places}trailer\n${trailer}\nstartxref\n${length}\n%%EOF\n`);
      flush();
      return Buffer.concat(chunks, length);
    },
    freeze() {
      flush();
      return { bytes: Buffer.concat(chunks, length), offsets: [...offsets], places: offsets.map(entryOf).join("") };
    },
  };
}

/** A text string: printable ASCII as a literal, anything else as UTF-16 with its mark (7.9.2.2). */
export function pdfString(text: string): string {
  if (/^[ -~]*$/.test(text)) return `(${text.replace(/[\\()]/g, "\\$&")})`;
  return `<feff${utf16(text)}>`;
}

/** Each UTF-16 unit in four digits, the most met ones written once. */
export function utf16(text: string): string {
  let digits = "";
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    digits += UNITS[unit] ?? hexOf(unit);
  }
  return digits;
}

const hexOf = (unit: number): string => unit.toString(16).padStart(4, "0");
/** Latin and Cyrillic. */
const UNITS = Array.from({ length: 0x500 }, (_, unit) => hexOf(unit));

/** `D:20260131235959Z` (7.9.4). */
export function pdfTime(at: Date): string {
  return `(D:${at.toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z)`;
}

/** A number with at most three decimals, without an exponent (7.3.3). */
export function pdfNumber(value: number): string {
  const thousandths = Math.round(value * 1000);
  if (thousandths < 0) return `-${pdfNumber(-value)}`;
  const whole = Math.floor(thousandths / 1000);
  return whole + DECIMALS[thousandths - whole * 1000]!;
}

/** `.5` at 500, nothing at 0. */
const DECIMALS = Array.from({ length: 1000 }, (_, thousandths) => String(thousandths / 1000).slice(1));
