import { matchesTag } from "@kerege/kernel/api";
import type { Reply, Request } from "@kerege/kernel/http";
import type { Found, HistoryEntry } from "./door.ts";
import { compose } from "./expand.ts";
import type { Json } from "./field-types-parts.ts";
import type { CompiledRegister } from "./store-sql.ts";

/** How long anything on the way may keep what all may know: a correction is seen by then. */
const SHARED_SECONDS = 60;

/**
 * The version of a record with the day from which it holds: what was recorded ahead comes due without a new version, and whoever
 * keeps the answer of the day before must not be told that nothing has changed.
 */
export function tagOf({ version, validFrom }: Pick<Found, "version" | "validFrom">): string {
  return `"${version}.${validFrom}"`;
}

/** The version that an `If-Match` names; 0, which no record has, where it names none of ours (RFC 9110, 13.1.1: strong comparison). */
export function versionOf(header: string): number {
  return Number(/^"([1-9]\d{0,8})(?:\.[\d-]+)?"$/.exec(header.trim())?.[1] ?? 0);
}

/** A record as programs see it. */
export function recordJson(register: CompiledRegister, found: Found) {
  const { key, version, validFrom, recordedAt, state, values } = found;
  return {
    key,
    version,
    validFrom,
    recordedAt: recordedAt.toISOString(),
    ...(state !== undefined && { state }),
    values: compose(register.expanded, values),
  };
}

/** A version with its event. Who recorded it and on what document is for those who say who they are. */
export function versionJson(register: CompiledRegister, entry: HistoryEntry, { id, known }: { id: string; known: boolean }) {
  const { validTo, event, ended, document, actor, act } = entry;
  return { id, ...recordJson(register, entry), validTo, event, ended, ...(known && { document, actor, act }) };
}

/** What differs between two versions, each value as a whole: money with its currency, a text in all its languages. */
export function differencesJson(
  register: CompiledRegister,
  before: Found,
  after: Found,
): { field: string; before: Json; after: Json }[] {
  const [old, now] = [compose(register.expanded, before.values), compose(register.expanded, after.values)];
  return Object.keys(now)
    .filter((field) => JSON.stringify(old[field]) !== JSON.stringify(now[field]))
    .map((field) => ({ field, before: old[field] ?? null, after: now[field] ?? null }));
}

/** Who has it already gets 304. What all may know may be kept on the way by those who do not say who they are; nothing else is. */
export function sendJson(
  request: Request,
  reply: Reply,
  { value, known, tag }: { value: unknown; known: boolean; tag?: string },
): Reply {
  // What was asked for in a body is known to nothing on the way.
  const shared = !known && request.method === "GET";
  reply
    .header("cache-control", shared ? `public, max-age=${SHARED_SECONDS}` : "private, no-store")
    .header("vary", "authorization, cookie");
  if (tag !== undefined) {
    reply.header("etag", tag);
    if (request.method === "GET" && matchesTag(request.headers["if-none-match"], tag)) return reply.code(304).send();
  }
  return reply.type("application/json; charset=utf-8").send(JSON.stringify(value));
}
