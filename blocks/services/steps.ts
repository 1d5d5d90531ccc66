import { createHash } from "node:crypto";
import type { DocumentsDoor } from "@kerege/documents";
import type { Actor } from "@kerege/kernel/actor";
import type { Clock } from "@kerege/kernel/clock";
import type { PostDoor } from "@kerege/post";
import type { RegistryDoor } from "@kerege/registry";
import type { Planned } from "./decision.ts";
import type { Plain } from "./declaration.ts";
import type { CaseEvent, CaseRow } from "./store.ts";

export interface StepMeans {
  registry: Pick<RegistryDoor, "record">;
  documents: Pick<DocumentsDoor, "issue">;
  post: Pick<PostDoor, "send">;
  clock: Clock;
}

export interface Performed {
  events: CaseEvent[];
  document?: { id: string; number: string };
}

/**
 * Does what was decided, step by step. Each step may be done again after a crash and then changes nothing: a register knows an act
 * by its id, a document is issued once for a case, a letter of a kind is sent once.
 */
export async function performSteps(means: StepMeans, row: CaseRow): Promise<Performed> {
  const performed: Performed = { events: [] };
  const actor: Actor = { kind: "system", body: row.body, name: `services/${row.service}` };
  for (const planned of row.outcome?.steps ?? []) {
    const event = await perform[planned.kind]({ means, row, actor, performed }, planned as never);
    if (event) performed.events.push({ at: means.clock.now(), ...event });
  }
  return performed;
}

interface StepContext {
  means: StepMeans;
  row: CaseRow;
  actor: Actor;
  performed: Performed;
}

type Told = Omit<CaseEvent, "at"> | undefined;
type PlannedOf<Kind> = Extract<Planned, { kind: Kind }>;

const perform: { [Kind in Planned["kind"]]: (context: StepContext, planned: PlannedOf<Kind>) => Promise<Told> } = {
  async record({ means, row, actor }, { step, events, document }) {
    const number = row.number ?? row.id;
    for (const { register, event, key, validFrom, values } of events) {
      await means.registry.record(actor, {
        ...{ register, event, key, validFrom },
        act: actOf(row.id, step, key),
        values: flat(values),
        document: document === undefined ? number : { kind: document, number },
        case: row.id,
      });
    }
    return events.length > 0 ? { kind: "recorded", params: { register: events[0]!.register, count: events.length } } : undefined;
  },
  async document({ means, row, actor, performed }, { document, language, subject, facts }) {
    const issued = await means.documents.issue(actor, {
      ...{ document, language, subject },
      recipient: row.applicant,
      ...(row.acted_as !== null && { askedBy: row.acted_as }),
      case: row.id,
      facts: texts(facts),
    });
    performed.document = { id: issued.id, number: issued.number };
    return { kind: "document-issued", params: { number: issued.number } };
  },
  async letter({ means, row, actor, performed }, { step, to, subject, body }) {
    await means.post.send(actor, {
      to,
      from: row.body,
      subject,
      body,
      case: row.id,
      kind: step,
      document: performed.document?.id,
    });
    // The timeline is the applicant's: a letter to somebody else is that person's affair.
    return to === row.applicant ? { kind: "letter-sent", params: {} } : undefined;
  },
};

/** The same step of the same case on the same record is the same act, whoever does it and however often (UUIDv8 of a SHA-256, RFC 9562). */
export function actOf(caseId: string, step: string, key: string): string {
  const bytes = createHash("sha256")
    .update(JSON.stringify([caseId, step, key]))
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function flat(values: Record<string, Plain>): Record<string, string | number | boolean | null> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === "object" ? null : value]));
}

/** A document says texts and days; what is unknown is left out. */
function texts(facts: Record<string, Plain>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === null || typeof value === "object" ? [] : [[name, String(value)]],
    ),
  );
}
