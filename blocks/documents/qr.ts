import { encodeQR } from "qr";

/** Free ground around the code, in modules (ISO/IEC 18004, 5.3.8). */
export const QUIET = 4;

export interface QrDrawing {
  /** Modules along a side, the quiet zone on both sides counted. */
  modules: number;
  /** PDF operators that fill the dark modules; one unit is one module, the origin the lower left corner of the quiet zone. */
  path: string;
}

/**
 * Draws the text as a QR code with medium error correction (15 %). Text of digits, capitals and ` $%*+-./:` takes 5.5 bits a
 * character. Equal text gives an equal drawing, so a checker may draw it again and compare.
 */
export function drawQr(text: string): QrDrawing {
  // The package wants a border of one module at least; it is cut off here and the standard's zone added.
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 1 });
  const size = rows.length - 2;
  const side = size + 2 * QUIET;
  let path = "";
  for (let y = 0; y < size; y++) {
    const row = rows[y + 1]!;
    const bottom = side - QUIET - y - 1;
    for (let x = 0; x < size; x++) {
      if (!row[x + 1]) continue;
      const start = x;
      while (x + 1 < size && row[x + 2]) x++;
      path += `${start + QUIET} ${bottom} ${x - start + 1} 1 re\n`;
    }
  }
  return { modules: side, path: `${path}f` };
}
