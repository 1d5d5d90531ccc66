import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Transaction } from "@kerege/kernel/database";
import type { Happening } from "@kerege/kernel/event";
import { eventContent, leafOf } from "./batch-tree.ts";
import { newSalt } from "./chain.ts";
import { correctedBy } from "./change.ts";
import type { RegisterEvent } from "./declaration.ts";
import type { RecordRequest } from "./door.ts";
import { subjectFields } from "./read-entry.ts";
import type { HeldVersion, WriteRow } from "./store-record.ts";
import type { CompiledRegister } from "./store-sql.ts";
import type { Weighed } from "./survey.ts";
import { documentOf } from "./values.ts";

/** One event on its way into the tables; its values are checked and made ready. */
export interface Task {
  key: string;
  actor: Actor;
  request: RecordRequest;
  event: RegisterEvent;
  /** The record goes into another one: what points at it is told, and does not hold it. */
  merging?: true;
  /** Told with it, in the same transaction. */
  tells?: Happening[];
  /** Done with it, in the same transaction; a Problem refuses the task. */
  within?(tx: Transaction): Promise<void>;
}

export type Recorded = { key: string; version: number };
/** A task that will be written. */
export interface Accepted {
  task: Task;
  weighed: Weighed;
  /** Version it follows; 0 for a new record. */
  version: number;
  recordedAt: Date;
  /** The versions before, where they were read. */
  held?: HeldVersion[];
}

/** The rows of a batch with their leaves, in order; and what each task is answered. */
export function rowsOf(register: CompiledRegister, accepted: Accepted[]) {
  const rows: WriteRow[] = [];
  const leaves: Buffer[] = [];
  const results: Recorded[] = [];
  for (const { task, weighed, version, recordedAt } of accepted) {
    const { request, actor } = task;
    const { made, now, nextChangeOn } = weighed.change;
    const document = documentOf(request.document);
    const last = version + made.length;
    const put = version === 0 ? ("insert" as const) : ("update" as const);
    const base = {
      recordedAt,
      event: request.event,
      document: document.number,
      documentKind: document.kind,
      documentOn: document.on,
      act: request.act,
      ...(request.fingerprint !== undefined && { fingerprint: request.fingerprint }),
      case: request.case ?? null,
      actor: actorKey(actor),
      before: version,
      last,
      endedOn: now.ended ? now.from : null,
      nextChangeOn,
    };
    const first = leaves.length;
    const single = made.length === 1 && now.from === made[0]!.from;
    for (const [index, segment] of made.entries()) {
      const { values, ended, state, from: validFrom, to: validTo } = segment;
      const salt = newSalt();
      const row = { ...base, values, ended, state, validFrom, validTo, version: version + index + 1, salt };
      leaves.push(leafOf(salt, eventContent({ ...row, register: register.declaration.register, key: request.key })));
      const closes = index === made.length - 1;
      // The act stands at the place of its first leaf; a later one is found by its version.
      rows.push({ ...row, place: first + index, kept: true, put: single ? put : "no", closes });
    }
    if (!single) {
      const { values, ended, state, from: validFrom, to: validTo } = now;
      rows.push({
        ...base,
        values,
        ended,
        state,
        validFrom,
        validTo,
        version: last,
        salt: null,
        place: 0,
        kept: false,
        put,
        closes: false,
      });
    }
    results.push({ key: request.key, version: last });
  }
  return { rows, leaves, results };
}

/** What is told of an event in its transaction. */
export function happeningsOf({ declaration }: CompiledRegister, { task, weighed, held }: Accepted, version: number): Happening[] {
  const { request, event, actor } = task;
  const about = { register: declaration.register, key: request.key, act: request.act };
  const told: Happening[] = [
    {
      type: "registry.recorded",
      body: {
        register: declaration.register,
        event: request.event,
        key: request.key,
        version,
        act: request.act,
        case: request.case ?? null,
      },
    },
  ];
  const corrected = event.corrects ? correctedBy(weighed.change, held ?? []) : [];
  if (corrected.length > 0) {
    const since = corrected.map(({ wrongSince }) => wrongSince.getTime());
    told.push({
      type: "registry.corrected",
      body: {
        ...about,
        fields: corrected.map(({ field }) => field),
        wrongSince: new Date(Math.min(...since)).toISOString(),
        since: Object.fromEntries(corrected.map(({ field, wrongSince }) => [field, wrongSince.toISOString()])),
        subjects: [...new Set(subjectFields(declaration).flatMap((field) => weighed.change.now.values[field] ?? []))],
        actor: actorKey(actor),
      },
    });
  }
  for (const link of weighed.brokenLinks)
    told.push({ type: "registry.link-broken", body: { ...about, link, on: request.validFrom } });
  return [...told, ...(task.tells ?? [])];
}
