import { drawSymbol } from "@kerege/kernel/qr";

/** Free ground around the code, in modules (ISO/IEC 18004, 5.3.8). */
export const QUIET = 4;

export interface QrDrawing {
  /** Modules along a side, the quiet zone on both sides counted. */
  modules: number;
  /** PDF operators that paint the dark modules; one unit is one module, the origin the lower left corner of the quiet zone. */
  painting: Buffer;
}

/**
 * Draws a text of digits, capitals and ` $%*+-./:` (5.5 bits a character) as a QR code with medium error correction (15 %). Equal
 * text gives an equal drawing, so a checker may draw it again and compare. Throws RangeError for another character, and for a text
 * longer than the largest code holds (3,391 characters).
 *
 * The modules are the bits of an inline image mask (ISO 32000-1, 8.9.6.2): a sixth of what a rectangle for each run takes, with
 * nothing to pack. In hexadecimal, since bits could spell the operator that ends the image.
 */
export function drawQr(text: string): QrDrawing {
  if (!/^[0-9A-Z $%*+\-./:]*$/.test(text)) throw new RangeError("not a character of the alphanumeric mode");
  const { side, bits } = drawSymbol(text);
  const image = `BI/W ${side}/H ${side}/IM true/D[1 0]/F/AHx ID ${bits.toString("hex")}> EI`;
  return {
    modules: side + 2 * QUIET,
    painting: Buffer.from(`q ${side} 0 0 ${side} ${QUIET} ${QUIET} cm ${image} Q\n`, "latin1"),
  };
}

/** The same code as documents of 0.1 have it, a rectangle for each run of dark modules: they are checked as long as they live. */
export function drawQrInRuns(text: string): QrDrawing {
  const { side, bits } = drawSymbol(text);
  const width = (side + 7) >> 3;
  const isDark = (x: number, y: number) => x < side && ((bits[y * width + (x >> 3)]! << (x & 7)) & 0x80) !== 0;
  let painting = "";
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (!isDark(x, y)) continue;
      const start = x;
      while (isDark(x + 1, y)) x++;
      painting += `${start + QUIET} ${side + QUIET - y - 1} ${x - start + 1} 1 re\n`;
    }
  }
  return { modules: side + 2 * QUIET, painting: Buffer.from(`${painting}f`, "latin1") };
}
