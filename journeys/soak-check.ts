/** What must hold of a state after any walk: asked of its doors, when nobody walks any more. */
import { createHash } from "node:crypto";
import type { RegistryDoor } from "@kerege/registry";
import type { InsideHouse } from "./inside.ts";
import type { Book } from "./soak.ts";

/** What is asked here of the doors of services, documents and post. */
interface Doors {
  registry: RegistryDoor;
  services: {
    mine(actor: Person, page: { limit: number; after?: string }): Promise<Page<CaseRow>>;
    view(actor: Person, request: { case: string; language: "en" }): Promise<CaseRow & CaseDetail>;
  };
  documents: {
    list(actor: Person): Promise<{ id: string; number: string }[]>;
    read(actor: Person, id: string): Promise<{ number: string; pdf: Buffer }>;
    check(input: { pdf: Buffer }): Promise<{ valid: boolean; signed?: { number: string } }>;
  };
  post: { list(actor: Person, page: { language: "en"; limit: number; after?: string }): Promise<Page<{ case: string | null }>> };
}
type Person = { kind: "person"; pin: string; assurance: "high" };
type Page<Row> = { rows: Row[]; next?: string };
type CaseRow = { case: string; service: string; state: string; number: string | null };
type CaseDetail = { timeline: { key: string }[]; issued?: { id: string; number: string }; lettersSent: number };

export interface Found {
  /** What does not hold, in words; nothing when all is well. */
  faults: string[];
  granted: number;
  refused: number;
  drafts: number;
  documents: { pin: string; id: string; number: string }[];
}

/** Looks at every case, document, letter and record of these people. */
export async function examine(house: InsideHouse, book: Book, pins: string[]): Promise<Found> {
  const doors = house.doors as unknown as Doors;
  const found: Found = { faults: [], granted: 0, refused: 0, drafts: 0, documents: [] };
  await allEnded(doors, pins);
  const numbers = new Set<string>();
  for (const pin of pins) {
    const views = await examineCases(doors, pin, { found, numbers });
    await examineDocuments(doors, pin, { found, views, book });
    await examineLetters(doors, pin, { found, views });
    await examineRecords(doors, pin, { found, views, book });
    const ended = new Set(views.filter(({ state }) => state !== "draft").map((view) => view.case));
    for (const attempt of book.filter((one) => one.pin === pin && one.acknowledged)) {
      if (!ended.has(attempt.case)) found.faults.push(`case ${attempt.case} was acknowledged and is not there as ended`);
    }
  }
  for (const number of twice(found.documents.map((one) => one.number)))
    found.faults.push(`two documents have the number ${number}`);
  found.faults.push(...house.faults);
  return found;
}

type View = CaseRow & CaseDetail;

async function all<Row>(page: (after: string | undefined) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const { rows: more, next } = await page(after);
    rows.push(...more);
    after = next;
  } while (after !== undefined);
  return rows;
}

const casesOf = (doors: Doors, pin: string) =>
  all((after) =>
    doors.services.mine({ kind: "person", pin, assurance: "high" }, { limit: 100, ...(after !== undefined && { after }) }),
  );

/**
 * What was left in the middle is taken up by the queue: after ten seconds, or when the two minutes are over for which a dead server
 * had the job in hand. A case that then still hangs is found below.
 */
async function allEnded(doors: Doors, pins: string[]): Promise<void> {
  for (let tries = 0; tries < 360; tries++) {
    const rows = (await Promise.all(pins.map((pin) => casesOf(doors, pin)))).flat();
    if (!rows.some(({ state }) => state === "in-progress")) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function examineCases(
  doors: Doors,
  pin: string,
  { found, numbers }: { found: Found; numbers: Set<string> },
): Promise<View[]> {
  const views: View[] = [];
  for (const row of await casesOf(doors, pin)) {
    const view = await doors.services.view({ kind: "person", pin, assurance: "high" }, { case: row.case, language: "en" });
    views.push(view);
    if (view.state === "draft") {
      found.drafts++;
      if (view.number !== null || view.issued) found.faults.push(`the draft ${row.case} has a number or a document`);
      continue;
    }
    if (view.state === "granted") found.granted++;
    else if (view.state === "refused") found.refused++;
    else found.faults.push(`the case ${row.case} of ${row.service} never ended: ${view.state}`);
    if (view.number === null || numbers.has(view.number)) found.faults.push(`two cases have the number ${view.number}`);
    numbers.add(view.number ?? "");
    for (const key of twice(view.timeline.map((entry) => entry.key))) found.faults.push(`${key} twice in the case ${row.case}`);
    const ends = view.timeline.filter(({ key }) => /\.(granted|refused)$/.test(key)).map(({ key }) => key);
    if (ends.join() !== `services.timeline.${view.state}`)
      found.faults.push(`the case ${row.case} is ${view.state}, its history says: ${ends.join(", ") || "nothing"}`);
  }
  return views;
}

async function examineDocuments(
  doors: Doors,
  pin: string,
  { found, views, book }: { found: Found; views: View[]; book: Book },
): Promise<void> {
  const person: Person = { kind: "person", pin, assurance: "high" };
  const listed = await doors.documents.list(person);
  const issued = views.flatMap((view) => view.issued ?? []);
  if ([...listed.map(({ id }) => id)].sort().join() !== [...issued.map(({ id }) => id)].sort().join())
    found.faults.push(`${listed.length} documents are kept and ${issued.length} are named by cases`);
  for (const view of views) {
    const wanted = view.service === "residence-certificate" && view.state === "granted";
    if (wanted !== (view.issued !== undefined))
      found.faults.push(`the case ${view.case} is ${view.state}, its document is not so`);
  }
  for (const { id, number } of listed) {
    found.documents.push({ pin, id, number });
    const { pdf } = await doors.documents.read(person, id);
    const verdict = await doors.documents.check({ pdf });
    if (!verdict.valid || verdict.signed?.number !== number) found.faults.push(`the document ${number} is not genuine`);
    const fetched = book.find((attempt) => attempt.file?.path.includes(id));
    if (fetched && fetched.file!.hash !== createHash("sha256").update(pdf).digest("hex"))
      found.faults.push(`the document ${number} is another than the one that was handed out`);
  }
}

/** One letter at most for a case, and as many as the case says were sent. */
async function examineLetters(doors: Doors, pin: string, { found, views }: { found: Found; views: View[] }): Promise<void> {
  const letters = await all((after) =>
    doors.post.list(
      { kind: "person", pin, assurance: "high" },
      { language: "en", limit: 100, ...(after !== undefined && { after }) },
    ),
  );
  for (const view of views) {
    const sent = letters.filter((letter) => letter.case === view.case).length;
    if (sent > 1 || sent !== view.lettersSent)
      found.faults.push(`${sent} letters were sent for the case ${view.case}, which says ${view.lettersSent}`);
  }
}

const registers = [
  { service: "change-of-address", register: "residence", ground: "change-of-address", body: "civil-registry", field: "address" },
  { service: "library-card", register: "library_card", ground: "library-card", body: "library", field: "branch" },
] as const;

/** The history of a record names each granted case and no other, and its versions have no gap. */
async function examineRecords(
  doors: Doors,
  pin: string,
  { found, views, book }: { found: Found; views: View[]; book: Book },
): Promise<void> {
  for (const { service, register, ground, body, field } of registers) {
    const reader = { kind: "system", body, name: "journey" } as const;
    const history = await doors.registry.history(reader, { register, key: pin, fields: [field], ground });
    const granted = views.filter((view) => view.service === service && view.state === "granted");
    const recorded = new Set(history.map(({ document }) => document));
    for (const view of granted)
      if (!recorded.has(view.number ?? "")) found.faults.push(`${register} knows nothing of the granted case ${view.case}`);
    const others = views.filter((view) => view.service === service && view.state !== "granted");
    for (const view of others)
      if (view.number !== null && recorded.has(view.number))
        found.faults.push(`${register} was changed by the case ${view.case}`);
    const versions = [...new Set(history.map(({ version }) => version))].sort((a, b) => a - b);
    if (versions.some((version, index) => version !== index + 1))
      found.faults.push(`the versions of ${register} have a gap: ${versions.join(", ")}`);
    if (service !== "change-of-address") continue;
    // Days of moves never go back, so the last move that was granted is the one that holds in the end; unless one that the power
    // cut interrupted was taken up after it.
    const moves = book.filter((one) => one.pin === pin && one.address !== undefined && one.sent);
    const last = moves.filter((one) => granted.some((view) => view.case === one.case)).at(-1);
    if (!last || moves.some((one) => !one.acknowledged)) continue;
    const after = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
    const held = await doors.registry.read(reader, { register, key: pin, fields: [field], ground, trueOn: after });
    if (held?.values[field] !== last.address) found.faults.push(`the last move of case ${last.case} is lost`);
  }
}

function twice(values: string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.has(value) || !seen.add(value));
}

/** How many readings by bodies stand on the page "who read my data" of each person. */
export async function countReads(house: InsideHouse, pins: string[]): Promise<Map<string, number>> {
  const { registry } = house.doors as unknown as Doors;
  const counts = new Map<string, number>();
  for (const pin of pins) {
    const rows = await all((after) =>
      registry.readsAbout({ kind: "person", pin, assurance: "high" }, { pin, limit: 100, ...(after !== undefined && { after }) }),
    );
    counts.set(pin, rows.filter(({ reader }) => reader.kind !== "person").length);
  }
  return counts;
}
