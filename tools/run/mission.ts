import type { Proof, Row } from "./rows.ts";

/** The mission as lines of text, and tests that name a row which does not exist. */
export function describeMission(rows: Row[], proofs: Proof[]): { lines: string[]; faults: string[] } {
  const width = Math.max(...rows.map(({ title }) => title.length));
  const lines: string[] = [];
  let carried = 0;
  for (const { id, title } of rows) {
    const own = proofs.filter((proof) => proof.row === id);
    if (own.length > 0) carried += 1;
    const word = own.length === 0 ? "open" : `${own.length} ${own.length === 1 ? "test" : "tests"}`;
    lines.push(`${id.padEnd(7)} ${title.padEnd(width)}  ${word}`);
    for (const proof of own) lines.push(`          ${proof.file}:${proof.line}  ${proof.title}`);
  }
  const known = new Set(rows.map(({ id }) => id));
  const tests = new Set(proofs.map((proof) => `${proof.file}:${proof.line}`)).size;
  lines.push("", `${rows.length} rows: ${carried} carried by ${tests} acceptance tests, ${rows.length - carried} open`);
  const faults = proofs
    .filter((proof) => !known.has(proof.row))
    .map((proof) => `${proof.file}:${proof.line} names ${proof.row}, which is no row`);
  return { lines, faults };
}
