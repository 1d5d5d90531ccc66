import { encodeQR } from "qr";

/** Free ground around the code, in modules (ISO/IEC 18004, 5.3.8). */
export const QUIET = 4;

export interface QrDrawing {
  /** Modules along a side, the quiet zone on both sides counted. */
  modules: number;
  /** PDF operators that paint the dark modules; one unit is one module, the origin the lower left corner of the quiet zone. */
  painting: Buffer;
}

/**
 * Draws the text as a QR code with medium error correction (15 %). Text of digits, capitals and ` $%*+-./:` takes 5.5 bits a
 * character. Equal text gives an equal drawing, so a checker may draw it again and compare. Throws for a text longer than the
 * largest code holds (3,391 such characters).
 *
 * The modules are the bits of an inline image mask (ISO 32000-1, 8.9.6.2): a sixth of what a rectangle for each run takes, with
 * nothing to pack. In hexadecimal, since bits could spell the operator that ends the image.
 */
export function drawQr(text: string): QrDrawing {
  const rows = modulesOf(text);
  const size = rows.length;
  const width = Math.ceil(size / 8);
  const bits = Buffer.alloc(width * size);
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < size; x++) if (row[x]) bits[y * width + (x >> 3)]! |= 0x80 >> (x & 7);
  }
  const place = `${size} 0 0 ${size} ${QUIET} ${QUIET} cm`;
  const image = `BI/W ${size}/H ${size}/IM true/D[1 0]/F/AHx ID ${bits.toString("hex")}> EI`;
  return { modules: size + 2 * QUIET, painting: Buffer.from(`q ${place} ${image} Q\n`, "latin1") };
}

/** The same code as documents of 0.1 have it, a rectangle for each run of dark modules: they are checked as long as they live. */
export function drawQrInRuns(text: string): QrDrawing {
  const rows = modulesOf(text);
  const modules = rows.length + 2 * QUIET;
  let painting = "";
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      painting += `${start + QUIET} ${modules - QUIET - y - 1} ${x - start + 1} 1 re\n`;
    }
  }
  return { modules, painting: Buffer.from(`${painting}f`, "latin1") };
}

/** Dark is true; the package wants a border of one module at least, which is cut off. */
function modulesOf(text: string): boolean[][] {
  return encodeQR(text, "raw", { ecc: "medium", border: 1 })
    .slice(1, -1)
    .map((row) => row.slice(1, -1));
}
