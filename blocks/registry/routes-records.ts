import type { App, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import { differencesJson, recordJson, sendJson, tagOf, versionJson } from "./api-answers.ts";
import { type Asking, orSignIn, readingOf, searchOf } from "./api-asking.ts";
import { API } from "./api-register.ts";
import type { FeedEntry, HistoryEntry, ReadRequest } from "./door.ts";
import { problem } from "./problems.ts";

const keyOf = (request: Request) => (request.params as { key: string }).key;
const CHANGES = 100;

/** Reading of records. */
export function recordRoutes(app: App, asking: Asking): void {
  const { door, published, apiOf, askerOf } = asking;

  app.get(`${API}/:register/records`, async (request, reply) => {
    const api = apiOf(request);
    const asker = await askerOf(request);
    const query = api.read("searchRecords", request.query);
    const { rows, next } = await orSignIn(asker, () => door.search(asker.actor, searchOf(published, api, { query, asker })));
    const value = { records: rows.map((row) => recordJson(api.register, row)), ...(next !== undefined && { next }) };
    return sendJson(request, reply, { value, known: asker.known });
  });

  app.get(`${API}/:register/records/:key`, async (request, reply) => {
    const api = apiOf(request);
    const asker = await askerOf(request);
    const query = api.read("readRecord", request.query);
    const knownAt = query["known-at"];
    const found = await orSignIn(asker, () =>
      door.read(asker.actor, {
        ...readingOf(published, api, { query, asker }),
        key: keyOf(request),
        follow: true,
        ...(query.on !== undefined && { trueOn: query.on }),
        ...(knownAt !== undefined && { knownAt: instantOf(knownAt) }),
      }),
    );
    if (!found) throw problem("not-found");
    // RFC 9110, 8.7: a record that went into another one answers from there.
    if (found.key !== keyOf(request))
      reply.header("content-location", `${API}/${api.register.declaration.register}/records/${encodeURIComponent(found.key)}`);
    return sendJson(request, reply, { value: recordJson(api.register, found), known: asker.known, tag: tagOf(found) });
  });

  const history = async (request: Request, call: string) => {
    const api = apiOf(request);
    const asker = await askerOf(request);
    const query = api.read(call, request.query);
    const asked: ReadRequest = { ...readingOf(published, api, { query, asker }), key: keyOf(request) };
    const versions = await orSignIn(asker, () => door.history(asker.actor, asked));
    if (versions.length === 0) throw problem("not-found");
    return { api, asker, query, versions };
  };

  app.get(`${API}/:register/records/:key/history`, async (request, reply) => {
    const { api, asker, versions } = await history(request, "readHistory");
    const value = { versions: versions.map((one) => versionJson(api.register, one, asker.known)) };
    return sendJson(request, reply, { value, known: asker.known });
  });

  app.get(`${API}/:register/records/:key/differences`, async (request, reply) => {
    const { api, asker, query, versions } = await history(request, "compareVersions");
    const [before, after] = twoOf(versions, Number(query.from), Number(query.to));
    if (!before || !after) throw problem("not-found");
    const value = { differences: differencesJson(api.register, before, after) };
    return sendJson(request, reply, { value, known: asker.known });
  });

  app.get(`${API}/:register/changes`, async (request, reply) => {
    const api = apiOf(request);
    const asker = await askerOf(request);
    const query = api.read("listChanges", request.query);
    const { declaration } = api.register;
    const { fields: _, ...reading } = readingOf(published, api, { query, asker });
    const asked = { ...reading, fields: [declaration.key] };
    const owner = asker.actor.kind !== "person" && asker.actor.body === declaration.owner;
    const open = published.ground(asked.ground)?.readers.anyone && declaration.fields[declaration.key]!.class === "public";
    const allowed = owner || door.explain(asker.actor, asked).allowed;
    if (!allowed && !asker.known) throw kernelProblem("sign-in-needed");
    if (!allowed)
      throw problem("no-ground", { params: { ground: asked.ground, register: declaration.register, reason: "reader" } });
    const { rows, next } = await door.changes({
      register: declaration.register,
      limit: Number(query.limit ?? CHANGES),
      ...(query.after !== undefined && { after: query.after }),
    });
    const seen = owner || open ? rows : await shownTo(asking, asker.actor, { rows, asked });
    const changes = seen.map(({ mark, key, event, version, recordedAt }) => ({ mark, key, event, version, recordedAt }));
    return sendJson(request, reply, { value: { changes, ...(next !== undefined && { next }) }, known: asker.known });
  });
}

/**
 * Changes of those records that this reader may see. That something happened to a record is part of what is known of it: each is
 * written as a reading of its key, so that the subject sees who follows it. An ended record is looked for in its history.
 */
async function shownTo(
  { door }: Asking,
  actor: Parameters<Asking["door"]["read"]>[0],
  { rows, asked }: { rows: FeedEntry[]; asked: Omit<ReadRequest, "key"> },
): Promise<FeedEntry[]> {
  const keys = [...new Set(rows.map(({ key }) => key))];
  const seen = await Promise.all(
    keys.map(async (key) => {
      const found = (await door.read(actor, { ...asked, key })) ?? (await door.history(actor, { ...asked, key }))[0];
      return found ? [key] : [];
    }),
  );
  const shown = new Set(seen.flat());
  return rows.filter(({ key }) => shown.has(key));
}

function twoOf(versions: HistoryEntry[], from: number, to: number) {
  return [from, to].map((wanted) => versions.find(({ version }) => version === wanted));
}

/** A leap second, which the schema of instants lets through, is none that a clock of ours shows. */
export function instantOf(text: string): Date {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()))
    throw kernelProblem("invalid-input", { fields: [{ pointer: "/known-at", key: "kernel.fields.wrong" }] });
  return instant;
}
