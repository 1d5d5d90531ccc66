import { encodeQR } from "qr";

/** Free ground around the code, in modules (ISO/IEC 18004, 5.3.8). */
export const QUIET = 4;

export interface QrDrawing {
  /** Modules along a side, the quiet zone on both sides counted. */
  modules: number;
  /** PDF operators that fill the dark modules; one unit is one module, the origin the lower left corner of the quiet zone. */
  path: Buffer;
}

const END_OF_RUN = Buffer.from("1 re\n", "latin1");
/** No side has more than 177 modules, so no number more than three digits. */
const LONGEST_RUN = 3 * 4 + END_OF_RUN.length;
const ZERO = 0x30;
const SPACE = 0x20;
const FILL = 0x66; // f

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
  // Bytes are written one by one: joining two thousand small texts took longer than computing the code.
  const put = (number: number) => {
    if (number >= 100) path[at++] = ZERO + Math.trunc(number / 100);
    if (number >= 10) path[at++] = ZERO + (Math.trunc(number / 10) % 10);
    path[at++] = ZERO + (number % 10);
    path[at++] = SPACE;
  };
  for (let y = 0; y < size; y++) {
    const row = rows[y + 1]!;
    for (let x = 0; x < size; x++) {
      if (!row[x + 1]) continue;
      const start = x;
      while (x + 1 < size && row[x + 2]) x++;
      put(start + QUIET);
      put(side - QUIET - y - 1);
      put(x - start + 1);
      for (let index = 0; index < END_OF_RUN.length; index++) path[at++] = END_OF_RUN[index]!;
    }
  }
  path[at++] = FILL;
  return { modules: side, path: Buffer.from(path.subarray(0, at)) };
}
