/** Small things the tests of this block stand on: a plain PDF, an authority in a folder of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import { createManualClock } from "@kerege/kernel/clock";
import { openAuthority } from "../authority.ts";

export const BODY = { code: "population-register", name: "Калктын каттоо кызматы" };
export const NOW = new Date("2026-03-02T09:30:00Z");
export const SIGNING = { at: NOW, reason: "Тиркелген документ", name: BODY.name };

/** A PDF of one page with a line of text, in the plainest form the standard allows. */
export function plainPdf(text = "A plain page"): Buffer {
  const stream = `BT /F1 18 Tf 60 700 Td (${text}) Tj ET`;
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    `<</Length ${stream.length}>>\nstream\n${stream}\nendstream`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
  ];
  return writePdf(objects);
}

/** Numbers the objects from 1 and closes the file; object 1 is the catalogue. */
export function writePdf(objects: readonly string[]): Buffer {
  let pdf = "%PDF-1.7\n";
  let table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const [index, object] of objects.entries()) {
    table += `${String(pdf.length).padStart(10, "0")} 00000 n \n`;
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
  }
  const trailer = `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${pdf.length}\n%%EOF\n`;
  return Buffer.from(pdf + table + trailer, "latin1");
}

export function tempFolder(t: Pick<TestContext, "after">): string {
  const folder = mkdtempSync(path.join(tmpdir(), "kerege-trust-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function authorityIn(folder: string, at: Date = NOW) {
  const clock = createManualClock(at);
  const places = { address: "https://portal.example", arc: "2.999", qualified: "yes" } as const;
  const state = { countryCode: "KG", stateName: "Kerege demonstration state" };
  return { clock, authority: openAuthority({ clock, folder, places, ...state }) };
}

/** Numbers that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
