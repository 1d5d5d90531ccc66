import type { Database } from "@kerege/kernel/database";
import { Problem } from "@kerege/kernel/problem";
import { chainHead, FIRST_HEAD, HASH_SIZE, leavesIn, treeRoot } from "./batch-tree.ts";
import { claimsOf } from "./change.ts";
import { bytesOf, hasFiles } from "./content.ts";
import { createVersionContents, type VersionContents } from "./proof-content.ts";
import {
  claimsOfKeys,
  orphanActs,
  orphanVersions,
  pageOfChains,
  pageOfKeys,
  unequalBatches,
  type WholeVersion,
  wholeVersions,
} from "./store-consistency.ts";
import { pageOfUses } from "./store-content.ts";
import { wordingsOf } from "./store-publish.ts";
import { findCurrent, valuesOf } from "./store-record.ts";
import type { CompiledRegister } from "./store-sql.ts";
import { fold, nextChange, type Segment } from "./timeline.ts";

/** Something that is there without what belongs to it. */
export interface Inconsistency {
  what: (typeof inconsistencies)[number];
  /** Key, act or batch it was found at. */
  at: string;
}
export const inconsistencies = [
  "version-number",
  "current-version",
  "current-row",
  "no-act",
  "no-batch",
  "leaf",
  "claim",
  "no-current",
  "act-without-version",
  "batch-leaves",
  "batch-root",
  "chain",
  "file-missing",
  "file-content",
  "archive-file",
] as const;

const PAGE = 1000;
const MOST = 100;

/**
 * Whether all of a register agrees with itself: every event has its versions, act, leaf and batch and none of those is without the
 * others; the current row is the fold of its versions; roots and heads come out again from the leaves. At most 100 faults.
 */
export async function checkRegister(
  database: Database,
  register: CompiledRegister,
  today: string,
): Promise<{ records: number; versions: number; faults: Inconsistency[] }> {
  const faults: Inconsistency[] = [];
  const contents = createVersionContents(register, await wordingsOf(database, register.declaration.register));
  let [records, versions] = [0, 0];
  for (let after = ""; faults.length < MOST; ) {
    const keys = await pageOfKeys(database, register, { after, limit: PAGE });
    if (keys.length === 0) break;
    after = keys.at(-1)!;
    records += keys.length;
    versions += await checkPage(database, register, { keys, today, faults, contents });
  }
  for (const key of await orphanVersions(database, register)) faults.push({ what: "no-current", at: key });
  for (const act of await orphanActs(database, register)) faults.push({ what: "act-without-version", at: act });
  for (const batch of await unequalBatches(database, register)) faults.push({ what: "batch-leaves", at: batch });
  if (hasFiles(register)) faults.push(...(await checkContents(database, register.declaration.register)));
  return { records, versions, faults: faults.slice(0, MOST) };
}

/** Whether every file that a record has or had is there and still has its fingerprint. */
async function checkContents(database: Database, register: string): Promise<Inconsistency[]> {
  const faults: Inconsistency[] = [];
  for (let after: [string, string] = ["", ""]; faults.length < MOST; ) {
    const page = await pageOfUses(database, register, { after, limit: PAGE });
    for (const { key, sha256, content, size } of page) {
      if (content === null) faults.push({ what: "file-missing", at: key });
      else if (!(await isWhole(database, { content, sha256, size: size! }))) faults.push({ what: "file-content", at: key });
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) return faults;
    after = [last.key, last.sha256];
  }
  return faults;
}

async function isWhole(database: Database, held: { content: string; sha256: string; size: number }): Promise<boolean> {
  try {
    for await (const _ of bytesOf(database, held));
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

async function checkPage(
  database: Database,
  register: CompiledRegister,
  { keys, today, faults, contents }: { keys: string[]; today: string; faults: Inconsistency[]; contents: VersionContents },
): Promise<number> {
  const current = await findCurrent(database, register, keys);
  const all = await wholeVersions(database, register, keys);
  const byKey = Map.groupBy(all, ({ row }) => row[register.declaration.key] as string);
  const wanted: { value: string; rule: string; key: string }[] = [];
  for (const key of keys) {
    const versions = byKey.get(key) ?? [];
    const say = (what: Inconsistency["what"]) => faults.push({ what, at: key });
    for (const [index, version] of versions.entries()) checkVersion(register, { key, index, version, contents, say });
    const segments = fold(versions.map((version) => segmentOf(register, version)));
    const now = current.get(key)!;
    if (now.version !== versions.length) say("current-version");
    else if (!isOneOf(segments, now)) say("current-row");
    wanted.push(...claimsOf(register.declaration, segments, today).map((claim) => ({ ...claim, key })));
  }
  if (register.declaration.unique && wanted.length > 0) {
    const held = new Map((await claimsOfKeys(database, register, wanted)).map((one) => [`${one.rule} ${one.value}`, one.key]));
    for (const claim of wanted)
      if (held.get(`${claim.rule} ${claim.value}`) !== claim.key) faults.push({ what: "claim", at: claim.key });
  }
  return all.length;
}

function checkVersion(
  register: CompiledRegister,
  {
    key,
    index,
    version,
    contents,
    say,
  }: { key: string; index: number; version: WholeVersion; contents: VersionContents; say(what: Inconsistency["what"]): void },
): void {
  const { row, actKey, actRegister, actVersion, hashes } = version;
  if (row.version !== index + 1) say("version-number");
  // A plan that fills new fields writes versions without an act of anyone.
  if (
    row.event !== "plan" &&
    (actKey !== key || actRegister !== register.declaration.register || actVersion! < (row.version as number))
  )
    say("no-act");
  // Written before events were leaves of the log.
  if (row.salt === null && row.batch === null) return;
  if (!hashes || version.batchRegister !== register.declaration.register) {
    say("no-batch");
    return;
  }
  if (!contents.fitting(row, hashes)) say("leaf");
}

function segmentOf(register: CompiledRegister, { row }: WholeVersion) {
  return {
    version: row.version as number,
    from: row.valid_from as string,
    to: row.valid_to as string | null,
    ended: row.ended as boolean,
    state: row.state as string | null,
    values: valuesOf(register, row),
  };
}

/** The current row is one of the stretches (which one, depends on the day it was written) and knows when it changes. */
function isOneOf(
  segments: Segment[],
  now: {
    validFrom: string;
    endedOn: string | null;
    nextChangeOn: string | null;
    state: string | null;
    values: Record<string, unknown>;
  },
): boolean {
  const segment = segments.find(({ from }) => from === now.validFrom);
  if (!segment || segment.state !== now.state || (now.endedOn !== null) !== segment.ended) return false;
  const first = segment === segments[0] && now.nextChangeOn === segment.from;
  if (!first && nextChange(segments, segment.from) !== now.nextChangeOn) return false;
  return Object.entries(segment.values).every(([field, value]) => now.values[field] === value);
}

/** Whether every chain comes out again from its batches: no batch taken out, none put in, no root or head changed. */
export async function checkChains(database: Database): Promise<{ batches: number; faults: Inconsistency[] }> {
  const faults: Inconsistency[] = [];
  let [after, head, batches] = [{ chain: "00000000-0000-0000-0000-000000000000", seq: 0 }, FIRST_HEAD, 0];
  for (;;) {
    const page = await pageOfChains(database, after, PAGE);
    for (const batch of page) {
      const first = batch.chain !== after.chain;
      if (batch.hashes && !isRoot(batch.root, batch.hashes, batch.leaves)) faults.push({ what: "batch-root", at: batch.id });
      head = chainHead(first ? FIRST_HEAD : head, batch.root, batch.at);
      if (batch.seq !== (first ? 1 : after.seq + 1) || !head.equals(batch.head)) faults.push({ what: "chain", at: batch.id });
      head = batch.head;
      after = { chain: batch.chain, seq: batch.seq };
    }
    batches += page.length;
    if (page.length < PAGE || faults.length >= MOST) return { batches, faults };
  }
}

function isRoot(root: Buffer, hashes: Buffer, count: number): boolean {
  if (hashes.length !== count * HASH_SIZE) return false;
  return treeRoot(leavesIn(hashes)).equals(root);
}
