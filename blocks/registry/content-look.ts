import type { Wrong } from "./field-types.ts";

/** First bytes of a file that are looked at, and last ones. */
const HEAD = 256 * 1024;
const TAIL = 66 * 1024;
/** A picture that is unpacked takes four bytes for each point, however few the file has. */
const MOST_SIDE = 20_000;
const MOST_POINTS = 100_000_000;

/** A kind of content that is known by its bytes. */
interface Kind {
  /** Ending of a file name. */
  endings: string[];
  /** Wrong where the bytes are not of this kind, or of another one as well. */
  look(seen: Seen): boolean;
  text?: true;
  /** A browser would run what is in it: it goes out as bytes of no kind. */
  active?: true;
}
interface Seen {
  head: Buffer;
  tail: Buffer;
  size: number;
}

const bytes = (...list: number[]) => Buffer.from(list);
const begins = (head: Buffer, mark: Buffer | string, at = 0) =>
  head.subarray(at, at + mark.length).equals(typeof mark === "string" ? Buffer.from(mark, "latin1") : mark);
/** What a browser that guesses would take for a page (WHATWG MIME Sniffing, 7.1), and beginnings of programs. */
const PAGE = /<(?:!doctype|html|head|body|script|iframe|svg|style|table|a\s|img|\?xml|\?php|!--)/i;
const looksLikePage = (head: Buffer) => PAGE.test(head.subarray(0, 4096).toString("latin1"));
/** End of the directory of a ZIP archive (APPNOTE 4.3.16): readers of ZIP look from the end, so another file may stand before it. */
const hasZip = (tail: Buffer) => tail.includes(bytes(0x50, 0x4b, 5, 6));

function pngSides(head: Buffer): [number, number] | undefined {
  return begins(head, "IHDR", 12) ? [head.readUInt32BE(16), head.readUInt32BE(20)] : undefined;
}

/** Sides in the first frame header (ISO/IEC 10918-1, B.2.2). */
function jpegSides(head: Buffer): [number, number] | undefined {
  for (let at = 2; at + 9 < head.length && head[at] === 0xff; ) {
    const mark = head[at + 1]!;
    if (mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark))
      return [head.readUInt16BE(at + 7), head.readUInt16BE(at + 5)];
    at += 2 + head.readUInt16BE(at + 2);
  }
  return undefined;
}

const PNG_END = bytes(0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82);
const zipOf =
  (holds: string) =>
  ({ head, tail }: Seen) =>
    begins(head, bytes(0x50, 0x4b, 3, 4)) && hasZip(tail) && tail.includes(holds) && !tail.includes("vbaProject.bin");

/** Kinds of content that a `file` may have: those whose bytes can be told from others. */
export const contentKinds: Record<string, Kind> = {
  "application/pdf": {
    endings: ["pdf"],
    // The file begins with its header: what stands before it (ISO 32000-2, 7.5.2 lets readers look further) may be another kind.
    look: ({ head, tail }) =>
      begins(head, "%PDF-") && tail.subarray(-1024).includes("%%EOF") && !looksLikePage(head) && !hasZip(tail),
  },
  "image/png": {
    endings: ["png"],
    look: ({ head, tail }) =>
      begins(head, bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) &&
      tail.subarray(-12).equals(PNG_END) &&
      !looksLikePage(head),
  },
  "image/jpeg": {
    endings: ["jpg", "jpeg"],
    look: ({ head, tail }) =>
      begins(head, bytes(0xff, 0xd8, 0xff)) && tail.subarray(-2).equals(bytes(0xff, 0xd9)) && !looksLikePage(head),
  },
  "image/webp": {
    endings: ["webp"],
    look: ({ head, size }) =>
      begins(head, "RIFF") && begins(head, "WEBP", 8) && head.readUInt32LE(4) + 8 === size && !looksLikePage(head),
  },
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {
    endings: ["docx"],
    look: zipOf("word/document.xml"),
  },
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": { endings: ["xlsx"], look: zipOf("xl/workbook.xml") },
  "application/vnd.etsi.asic-e+zip": {
    endings: ["asice", "sce"],
    // ETSI EN 319 162-1, A.1: the first member is `mimetype`, not compressed.
    look: ({ head, tail }) =>
      begins(head, bytes(0x50, 0x4b, 3, 4)) && begins(head, "mimetypeapplication/vnd.etsi.asic-e+zip", 30) && hasZip(tail),
  },
  "text/plain": { endings: ["txt"], text: true, look: ({ head }) => !looksLikePage(head) },
  "text/csv": { endings: ["csv"], text: true, look: ({ head }) => !looksLikePage(head) },
  "text/html": {
    endings: ["html", "htm"],
    text: true,
    active: true,
    look: ({ head }) => /^\ufeff?\s*<(?:!doctype html|html)/i.test(head.subarray(0, 1024).toString("utf8")),
  },
};

/** A kind as people call it: PDF, PNG, TXT. */
export function kindName(type: string): string {
  return Object.hasOwn(contentKinds, type) ? contentKinds[type]!.endings[0]!.toUpperCase() : type;
}

/** What a field may have that does not say: all but what a browser would run. */
export const passiveKinds = Object.keys(contentKinds).filter((type) => !contentKinds[type]!.active);

// The test file of all virus scanners (eicar.org), in two halves: this text must not be one itself.
const HARMFUL = Buffer.from(["EICAR-STANDARD-ANTIVIRUS", "-TEST-FILE"].join(""));

/** Looks at a file while it goes by. */
export function createLook(type: string) {
  const kind = Object.hasOwn(contentKinds, type) ? contentKinds[type] : undefined;
  const text = kind?.text ? new TextDecoder("utf-8", { fatal: true }) : undefined;
  let [head, tail, size, broken, harmful] = [Buffer.alloc(0), Buffer.alloc(0), 0, false, false];
  const readText = (chunk?: Buffer) => {
    try {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are just what a text must not have.
      if (/[\u0000-\u0008\u000b\u000e-\u001f]/.test(text?.decode(chunk, { stream: chunk !== undefined }) ?? "")) broken = true;
    } catch {
      broken = true;
    }
  };
  return {
    take(chunk: Buffer): void {
      size += chunk.length;
      if (head.length < HEAD) head = Buffer.concat([head, chunk.subarray(0, HEAD - head.length)]);
      // With the end of what came before, where it may begin.
      const seam = Buffer.concat([tail.subarray(-HARMFUL.length), chunk]);
      harmful ||= seam.includes(HARMFUL);
      tail = chunk.length >= TAIL ? Buffer.from(chunk.subarray(-TAIL)) : Buffer.concat([tail, chunk]).subarray(-TAIL);
      if (text && !broken) readText(chunk);
    },
    /** What is wrong with the whole. */
    end(): Wrong | undefined {
      if (text && !broken) readText();
      if (harmful) return { key: "file-harmful" };
      if (!kind || broken || size === 0 || !kind.look({ head, tail, size }))
        return { key: "file-not-kind", params: { type: kindName(type) } };
      if (type !== "image/png" && type !== "image/jpeg") return undefined;
      const sides = type === "image/png" ? pngSides(head) : jpegSides(head);
      if (!sides) return { key: "file-not-kind", params: { type: kindName(type) } };
      const [width, height] = sides;
      const wide = Math.max(width, height) > MOST_SIDE || width * height > MOST_POINTS;
      return wide ? { key: "file-too-wide", params: { most: MOST_SIDE } } : undefined;
    },
  };
}

/** Kind under which content is sent: what a browser would run goes out as bytes of no kind. */
export function sentType(type: string): string {
  const kind = Object.hasOwn(contentKinds, type) ? contentKinds[type]! : undefined;
  if (!kind || kind.active) return "application/octet-stream";
  return kind.text ? `${type}; charset=utf-8` : type;
}

/** A file name without folders, signs that are not seen, and dots at its ends; never longer than a field holds. */
export function plainName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  return last
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*]/gu, "")
    .replace(/^[.\s]+|[.\s]+$/gu, "")
    .slice(-200);
}

/**
 * A file name that is nothing but a name: no folder, nothing unseen, no leading dot, and the ending of its kind, so that what is saved
 * is opened as what it was looked at as (`deed.pdf.exe` becomes `deed.pdf.exe.pdf`).
 */
export function safeName(name: string, type: string): string {
  const plain = plainName(name);
  const endings = Object.hasOwn(contentKinds, type) ? contentKinds[type]!.endings : ["bin"];
  const has = endings.some((ending) => plain.toLowerCase().endsWith(`.${ending}`) && plain.length > ending.length + 1);
  return has ? plain : `${plain === "" ? "file" : plain}.${endings[0]}`;
}

/** `Content-Disposition` (RFC 6266) with the name in ASCII and, by RFC 8187, as it is. */
export function dispositionOf(name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const whole = encodeURIComponent(name).replaceAll(/['()*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${whole}`;
}
