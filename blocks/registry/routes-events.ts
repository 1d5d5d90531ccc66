import { createHash } from "node:crypto";
import { actorKey } from "@kerege/kernel/actor";
import type { App, Reply, Request } from "@kerege/kernel/http";
import { Problem } from "@kerege/kernel/problem";
import { differencesJson, versionOf } from "./api-answers.ts";
import { type Asking, readingOf } from "./api-asking.ts";
import { API, type RegisterApi } from "./api-register.ts";
import type { RecordRequest } from "./door.ts";
import { decompose } from "./expand.ts";
import { problem } from "./problems.ts";

const UUID = /^"?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"?$/i;
/** Room for the shape of a large parcel. */
const EVENT_BYTES = 1024 * 1024;

/** Recording of events. */
export function eventRoutes(app: App, asking: Asking): void {
  const { door, apiOf, clerkOf, keyIn, queryOf, idOf, addressOf } = asking;

  const record = async (request: Request, reply: Reply, keyed: boolean) => {
    const api = apiOf(request);
    const actor = await clerkOf(request);
    const query = queryOf(request, api, keyed ? "postEvent" : "recordEvent");
    const named = keyed ? undefined : keyIn(request, api, { actor, known: true });
    const act = UUID.exec(String(request.headers["idempotency-key"] ?? ""))?.[1]?.toLowerCase();
    if (act === undefined) throw problem("act-needed");
    const { key: given, ...body } = api.readEvent(request.body, keyed);
    const key = named ?? given!;
    const { register } = api.register.declaration;
    const { values, faults } = decompose(api.register.expanded, body.values ?? {});
    if (faults.length > 0) throw problem("wrong-value", { params: { register }, fields: faults });
    const match = request.headers["if-match"];
    const any = match === undefined || match.trim() === "*";
    const version = any ? body.version : versionOf(match);
    const asked: RecordRequest = {
      register,
      event: body.event,
      act,
      // draft-ietf-httpapi-idempotency-key-header, 2.4: what was sent, by whom and to which record.
      fingerprint: fingerprintOf({ register, key, by: actorKey(actor), match, body }),
      key,
      values,
      validFrom: body.validFrom,
      document: body.document,
      ...(body.case !== undefined && { case: body.case }),
      ...(version !== undefined && { version }),
    };
    const recorded = await door.record(actor, asked).catch(async (error: unknown) => {
      if (!(error instanceof Problem) || error.code !== "registry.version-differs") throw error;
      const reading = readingOf(asking.published, api, { query, asker: { actor, known: true } });
      const more = await differenceOf(asking, api, { actor, reading: { ...reading, key }, version: version ?? 0 });
      // RFC 9110, 13.1.1: what the header demands has failed; what the body says conflicts (RFC 9110, 15.5.10).
      throw problem(any ? "version-differs" : "changed-meanwhile", { params: error.params, more, cause: error });
    });
    const created = api.register.declaration.events[body.event]!.creates === true;
    return reply
      .code(created ? 201 : 200)
      .header("cache-control", "private, no-store")
      .header("location", addressOf(api, key))
      .send({ id: idOf(api, recorded.key), key: recorded.key, version: recorded.version });
  };

  app.post(`${API}/:register/events`, { bodyLimit: EVENT_BYTES }, (request, reply) => record(request, reply, true));
  app.post(`${API}/:register/records/:record/events`, { bodyLimit: EVENT_BYTES }, (request, reply) =>
    record(request, reply, false),
  );
}

/** SHA-256 of what was sent, in hex; the order of names in it does not matter. */
export function fingerprintOf(sent: unknown): string {
  const sorted = (_: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash("sha256").update(JSON.stringify(sent, sorted)).digest("hex");
}

/** What the other clerk changed, where the ground of the request lets this one see it; else only that it was changed. */
async function differenceOf(
  { door }: Asking,
  { register }: RegisterApi,
  given: { actor: Parameters<Asking["door"]["history"]>[0]; reading: Parameters<Asking["door"]["history"]>[1]; version: number },
): Promise<Record<string, unknown>> {
  if (given.reading.ground === "") return {};
  try {
    const [now, ...older] = await door.history(given.actor, given.reading);
    const before = older.find(({ version }) => version === given.version);
    if (!now) return {};
    return { version: now.version, ...(before && { differences: differencesJson(register, before, now) }) };
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return {};
    throw error;
  }
}
