/** Documents outlive the certificates behind them: lifted, stamped anew in time, and still checked without a server. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { sql } from "@kerege/kernel/database";
import { parseAnchors, renew, validate } from "@kerege/trust";
import { checkDocument } from "../check.ts";
import { createWalker, isPastRetention, renewOnFor } from "../renewal.ts";
import { createStore } from "../store.ts";
import { aigul, card, missing, openStandard, portal } from "./standard.ts";

const DAY = 86_400_000;
let standard: Awaited<ReturnType<typeof openStandard>>;
// A house for each: the clock goes on by years, and a time stamp never goes back.
beforeEach(async () => {
  standard = await openStandard();
});
afterEach(() => standard.house.close());

/** Without a term, so that only the signature may end. */
const note = (name: string) => ({
  ...{ document: "note", language: "en" as const, subject: "21205199001234", case: name, facts: { word: name } },
});
type Row = { pdf: Buffer; sha256: Buffer; renewOn: string | null; renewal: number };
const rowOf = async (id: string): Promise<Row> =>
  (await standard.house.database.first<Row>(
    sql`select pdf, sha256, renew_on as "renewOn", renewal from documents.document where id = ${id}`,
  ))!;
const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();
const walk = () => standard.trust.signing.renewing.walk();
const anchorsNow = () => parseAnchors(standard.trust.anchors())!;

test("M-A20: the file with its code is good after the certificate, the code of another document beside it is not", async () => {
  const { door, house } = standard;
  const [one, other] = [await door.issue(portal, note("code-1")), await door.issue(portal, note("code-2"))];
  const { statement } = await door.read(aigul, one.id);
  const stranger = (await door.read(aigul, other.id)).statement;
  house.clock.set(`${(await rowOf(one.id)).renewOn}T10:00:00Z`);
  await walk();
  house.clock.advance(400 * DAY);
  const { pdf } = await rowOf(one.id);
  assert.equal((await door.check({ pdf, text: statement })).valid, true);
  assert.equal((await door.check({ pdf, text: stranger })).valid, false);
});

test("M-A20: a lifted document with one byte changed, or cut where it was issued and grown by others, is refused", async () => {
  const { door, house } = standard;
  const { id, pdf: issued } = await door.issue(portal, note("changed"));
  house.clock.set(`${(await rowOf(id)).renewOn}T10:00:00Z`);
  await walk();
  const { pdf } = await rowOf(id);
  for (const at of [200, issued.length - 700, issued.length + 300, pdf.length - 900]) {
    const changed = Buffer.from(pdf);
    changed[at]! ^= 1;
    assert.equal((await door.check({ pdf: changed })).valid, false, String(at));
  }
  const grown = Buffer.concat([pdf, Buffer.from("9 0 obj\n<</Type/Catalog>>\nendobj\n%%EOF\n")]);
  assert.equal((await door.check({ pdf: grown })).valid, false);
});

test("a walk takes what is due and nothing else, and two walks at once stamp each document once", async () => {
  const { door, house } = standard;
  const ids = [];
  for (let index = 0; index < 6; index++) ids.push((await door.issue(portal, note(`both-${index}`))).id);
  const { renewOn } = await rowOf(ids[0]!);
  const later = renewOnFor({ notAfter: new Date(new Date(renewOn!).getTime() + 365 * DAY) });
  await house.database.run(sql`update documents.document set renew_on = ${later} where id = ${ids[5]!}`);
  house.clock.set(`${renewOn}T10:00:00Z`);
  const counts = await Promise.all([walk(), walk()]);
  assert.equal(counts[0]! + counts[1]!, 5);
  for (const id of ids.slice(0, 5)) assert.equal((await rowOf(id)).renewal, 1);
  assert.deepEqual([(await rowOf(ids[5]!)).renewal, (await rowOf(ids[5]!)).renewOn], [0, later]);
  assert.equal(await walk(), 0);
});

test("the walk looks where an index leads, however many documents there are", async () => {
  const { database } = standard.house;
  const plan = await database.transaction(async (tx) => {
    await tx.run(sql`set local enable_seqscan = off`);
    return tx.rows<{ "QUERY PLAN": string }>(
      sql`explain select id from documents.document where renew_on <= '2026-01-01' and withdrawn_at is null order by renew_on, id limit 32`,
    );
  });
  assert.match(JSON.stringify(plan), /document_renew_on/);
});

test("a job killed halfway leaves each file as it was or whole, and the rest is stamped the next day", async () => {
  const { door, house } = standard;
  const issued = [await door.issue(portal, note("killed-1")), await door.issue(portal, note("killed-2"))];
  house.clock.set(`${(await rowOf(issued[0]!.id)).renewOn}T10:00:00Z`);
  const store = createStore(house.database);
  const walker = createWalker({ store, clock: house.clock, declarationOf: () => undefined });
  // What a node had in hand when it ended: taken, one brought back, one never.
  const [first, second] = await walker.next(house.clock.now());
  const lift = (file: Buffer) => renew(file, {}, standard.trust.signing.levels);
  const outcome = async (file: Buffer) => {
    const renewed = await lift(file);
    return { renewed, report: await standard.trust.signing.validate(renewed) };
  };
  await first!.done(await outcome(first!.file));
  assert.equal(await walk(), 0, "nobody takes on the same day what another may still have in hand");
  const left = issued.find(({ pdf }) => pdf.equals(second!.file))!;
  assert.ok((await rowOf(left.id)).pdf.equals(left.pdf));
  house.clock.advance(DAY);
  assert.equal(await walk(), 1);
  const kept = await rowOf(left.id);
  assert.ok(kept.pdf.length > left.pdf.length);
  // The one thought dead comes back late: what was kept meanwhile stays.
  await second!.done(await outcome(second!.file));
  assert.ok((await rowOf(left.id)).pdf.equals(kept.pdf));
});

test("a file that would not grow from the issued one is never kept", async () => {
  const { door, house } = standard;
  const [one, other] = [await door.issue(portal, note("swap-1")), await door.issue(portal, note("swap-2"))];
  house.clock.set(`${(await rowOf(one.id)).renewOn}T10:00:00Z`);
  await house.database.run(sql`update documents.document set renew_on = null where id = ${other.id}`);
  const walker = createWalker({ store: createStore(house.database), clock: house.clock, declarationOf: () => undefined });
  const [due] = await walker.next(house.clock.now());
  const renewed = await renew(other.pdf, {}, standard.trust.signing.levels);
  await due!.done({ renewed, report: await standard.trust.signing.validate(renewed) });
  assert.ok((await rowOf(one.id)).pdf.equals(one.pdf));
  house.clock.advance(DAY);
  assert.equal(await walk(), 1, "it is tried again");
});

test("withdrawn documents and those past their retention are left as they are", async () => {
  const { door, house } = standard;
  const [withdrawn, past] = [await door.issue(portal, note("left-1")), await door.issue(portal, card({ case: "left-2" }))];
  const { renewOn } = await rowOf(withdrawn.id);
  await door.withdraw(
    { kind: "official", body: "library", post: "clerk", person: "10101198505678" },
    { id: withdrawn.id, reason: "T" },
  );
  assert.equal((await rowOf(withdrawn.id)).renewOn, null);
  house.clock.set(`${renewOn}T10:00:00Z`);
  await house.database.run(sql`update documents.document set issued_on = '1900-01-01' where id = ${past.id}`);
  assert.equal(await walk(), 0);
  assert.ok((await rowOf(withdrawn.id)).pdf.equals(withdrawn.pdf) && (await rowOf(past.id)).pdf.equals(past.pdf));
  assert.equal((await rowOf(past.id)).renewOn, null, "nor asked about again");
});

test("retention ends after the last day of its years; what is kept for ever never ends", () => {
  const five = { retention: { years: 5 } } as const;
  assert.equal(isPastRetention("2026-11-05", "2031-11-05", five), false);
  assert.equal(isPastRetention("2026-11-05", "2031-11-06", five), true);
  assert.equal(isPastRetention("2024-02-29", "2029-03-01", five), true);
  assert.equal(isPastRetention("2026-11-05", "9999-01-01", { retention: "forever" }), false);
  assert.equal(isPastRetention("2026-11-05", "9999-01-01", undefined), false);
});

test("M-A20: pdfsig and qpdf accept a lifted document", {
  skip: missing(["pdfsig", "poppler-utils"], ["qpdf", "qpdf"]),
}, async () => {
  const { door, house } = standard;
  const { id } = await door.issue(portal, note("programs"));
  house.clock.set(`${(await rowOf(id)).renewOn}T10:00:00Z`);
  await walk();
  const folder = mkdtempSync(path.join(tmpdir(), "kerege-lifted-"));
  try {
    const file = path.join(folder, "lifted.pdf");
    writeFileSync(file, (await rowOf(id)).pdf);
    const said = execFileSync("qpdf", ["--check", file], { encoding: "utf8" });
    assert.match(said, /No syntax or stream encoding errors found/);
    assert.doesNotMatch(said, /WARNING/);
    const signatures = execFileSync("pdfsig", ["-nocert", file], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    assert.match(signatures, /Signature Type: ETSI\.CAdES\.detached/);
    assert.equal(signatures.match(/Signature Validation: Signature is Valid\./g)?.length, 1);
    // It lists document time stamps (ISO 32000-2, 12.8.5) without judging them; openssl does, in the tests of trust.
    assert.equal(signatures.match(/Signature Field Name: KeregeTimeStamp/g)?.length, 2);
    assert.doesNotMatch(signatures, /Mismatch|Invalid/i);
    assert.match(signatures, /Total document signed/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("M-A20: a document is still good after the certificates of its signer and of the time stamps have ended, again and again", async () => {
  const { door, house } = standard;
  const { id, pdf } = await door.issue(portal, note("years"));
  const ends = validate(pdf, { trusted: anchorsNow(), at: house.clock.now() }).signatures[0]!.certificate!.notAfter;
  assert.equal((await rowOf(id)).renewOn, renewOnFor({ notAfter: ends }));
  assert.equal(await walk(), 0, "not due yet");
  let last = pdf;
  for (let renewals = 1, end = ends; renewals <= 2; renewals++) {
    const { renewOn } = await rowOf(id);
    assert.ok(new Date(renewOn!) < end, "well before the end");
    house.clock.set(`${renewOn}T10:00:00Z`);
    assert.equal(await walk(), 1);
    const row = await rowOf(id);
    assert.ok(row.pdf.subarray(0, last.length).equals(last), "the file only grows");
    assert.ok(row.sha256.equals(sha256(pdf)) && row.sha256.equals(sha256(row.pdf.subarray(0, pdf.length))));
    last = row.pdf;
    // The certificate that the proof rested on until now is over.
    house.clock.set(new Date(end.getTime() + DAY).toISOString());
    const report = validate(row.pdf, { trusted: anchorsNow(), at: house.clock.now() });
    assert.deepEqual([report.indication, report.signatures[0]?.level], ["TOTAL-PASSED", "PAdES-B-LTA"]);
    assert.ok(report.signatures[0]!.stamps.filter(({ until }) => until < house.clock.now()).length >= renewals - 1);
    const verdict = await door.check({ pdf: row.pdf });
    assert.deepEqual([verdict.valid, verdict.reason, verdict.checks.at(-1)?.name], [true, undefined, "register"]);
    assert.ok(checkDocument({ pdf: row.pdf }, anchorsNow(), house.clock.now()).valid, "without a server too");
    assert.ok((await door.read(aigul, id)).pdf.equals(row.pdf));
    end = report.signatures[0]!.until!;
  }
  // No stamp lasts longer than its algorithm is trusted (2035): another one is not kept, and is not tried again at once.
  const { renewOn } = await rowOf(id);
  house.clock.set(`${renewOn}T10:00:00Z`);
  await walk();
  const rested = await rowOf(id);
  assert.ok(rested.pdf.equals(last) && rested.renewOn! > renewOn!);
  const bare = await door.check({ pdf });
  assert.deepEqual([bare.valid, bare.reason], [false, "certificate-expired"], "as it was issued it would be over by now");
});
