import { encodeQR } from "qr";

/** Free ground around the code, in modules (ISO/IEC 18004, 5.3.8). */
export const QUIET = 4;

export interface QrDrawing {
  /** Modules along a side, the quiet zone on both sides counted. */
  modules: number;
  /** PDF operators that fill the dark modules; one unit is one module, the origin the lower left corner of the quiet zone. */
  path: Buffer;
}

/** No side has more than 177 modules, so no number more than three digits. */
const numbers = Array.from({ length: 200 }, (_, number) => Buffer.from(`${number} `, "latin1"));
const END_OF_RUN = Buffer.from("1 re\n", "latin1");
const LONGEST_RUN = 3 * 4 + END_OF_RUN.length;

/**
 * Draws the text as a QR code with medium error correction (15 %). Text of digits, capitals and ` $%*+-./:` takes 5.5 bits a
 * character. Equal text gives an equal drawing, so a checker may draw it again and compare. Throws for a text longer than the
 * largest code holds (3,391 such characters).
 */
export function drawQr(text: string): QrDrawing {
  // The package wants a border of one module at least; it is cut off here and the standard's zone added.
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 1 });
  const size = rows.length - 2;
  const side = size + 2 * QUIET;
  const path = Buffer.allocUnsafe(size * Math.ceil(size / 2) * LONGEST_RUN + 1);
  let at = 0;
  const put = (bytes: Buffer) => {
    for (let index = 0; index < bytes.length; index++) path[at++] = bytes[index]!;
  };
  for (let y = 0; y < size; y++) {
    const row = rows[y + 1]!;
    const bottom = numbers[side - QUIET - y - 1]!;
    for (let x = 0; x < size; x++) {
      if (!row[x + 1]) continue;
      const start = x;
      while (x + 1 < size && row[x + 2]) x++;
      put(numbers[start + QUIET]!);
      put(bottom);
      put(numbers[x - start + 1]!);
      put(END_OF_RUN);
    }
  }
  path[at++] = 0x66; // f: fill
  return { modules: side, path: Buffer.from(path.subarray(0, at)) };
}
