import type { App, Reply, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import { differencesJson, recordJson, sendJson, tagOf, versionJson } from "./api-answers.ts";
import { type Asker, type Asking, orSignIn, readingOf, searchOf } from "./api-asking.ts";
import { API, type Query, type RegisterApi } from "./api-register.ts";
import type { FeedEntry, HistoryEntry, ReadRequest } from "./door.ts";
import { problem } from "./problems.ts";

const CHANGES = 100;

/** Reading of records. */
export function recordRoutes(app: App, asking: Asking): void {
  const { door, published, apiOf, askerOf, queryOf, keyIn, idOf, addressOf } = asking;
  type Search = { request: Request; reply: Reply; api: RegisterApi; asker: Asker };
  const sendFound = async ({ request, reply, api, asker }: Search, query: Query) => {
    const { rows, next } = await orSignIn(asker, () => door.search(asker.actor, searchOf(published, api, { query, asker })));
    const records = rows.map((row) => ({ id: idOf(api, row.key), ...recordJson(api.register, row) }));
    return sendJson(request, reply, { value: { records, ...(next !== undefined && { next }) }, known: asker.known });
  };
  const sendRecord = async ({ request, reply, api, asker }: Search, { query, key }: { query: Query; key: string }) => {
    const knownAt = query["known-at"];
    const found = await orSignIn(asker, () =>
      door.read(asker.actor, {
        ...readingOf(published, api, { query, asker }),
        key,
        follow: true,
        ...(query.on !== undefined && { trueOn: query.on }),
        ...(knownAt !== undefined && { knownAt: instantOf(knownAt) }),
      }),
    );
    if (!found) throw problem("not-found");
    // RFC 9110, 8.7: a record that went into another one answers from there; one that was asked for by its key says where it is.
    if (found.key !== key || request.method !== "GET") reply.header("content-location", addressOf(api, found.key));
    const value = { id: idOf(api, found.key), ...recordJson(api.register, found) };
    return sendJson(request, reply, { value, known: asker.known, tag: tagOf(found) });
  };
  const partsOf = async (request: Request, reply: Reply): Promise<Search> => ({
    request,
    reply,
    api: apiOf(request),
    asker: await askerOf(request),
  });

  app.get(`${API}/:register/records`, async (request, reply) => {
    const asked = await partsOf(request, reply);
    if (asked.api.isHidden(request.query)) throw problem("search-in-address");
    return sendFound(asked, queryOf(request, asked.api, "searchRecords"));
  });

  app.post(`${API}/:register/records/search`, async (request, reply) => {
    const asked = await partsOf(request, reply);
    return sendFound(asked, asked.api.readBody("postSearch", request.body));
  });

  app.post(`${API}/:register/records/find`, async (request, reply) => {
    const asked = await partsOf(request, reply);
    const query = asked.api.readBody("findRecord", request.body);
    return sendRecord(asked, { query, key: query.key! });
  });

  app.get(`${API}/:register/records/:record`, async (request, reply) => {
    const asked = await partsOf(request, reply);
    const { api, asker } = asked;
    return sendRecord(asked, { query: queryOf(request, api, "readRecord"), key: keyIn(request, api, asker) });
  });

  const history = async (request: Request, call: string) => {
    const api = apiOf(request);
    const asker = await askerOf(request);
    const query = queryOf(request, api, call);
    const asked: ReadRequest = { ...readingOf(published, api, { query, asker }), key: keyIn(request, api, asker) };
    const versions = await orSignIn(asker, () => door.history(asker.actor, asked));
    if (versions.length === 0) throw problem("not-found");
    return { api, asker, query, versions };
  };

  app.get(`${API}/:register/records/:record/history`, async (request, reply) => {
    const { api, asker, versions } = await history(request, "readHistory");
    const value = {
      versions: versions.map((one) => versionJson(api.register, one, { id: idOf(api, one.key), known: asker.known })),
    };
    return sendJson(request, reply, { value, known: asker.known });
  });

  app.get(`${API}/:register/records/:record/differences`, async (request, reply) => {
    const { api, asker, query, versions } = await history(request, "compareVersions");
    const [before, after] = twoOf(versions, Number(query.from), Number(query.to));
    if (!before || !after) throw problem("not-found");
    const value = { differences: differencesJson(api.register, before, after) };
    return sendJson(request, reply, { value, known: asker.known });
  });

  app.get(`${API}/:register/changes`, async (request, reply) => {
    const api = apiOf(request);
    const asker = await askerOf(request);
    const query = queryOf(request, api, "listChanges");
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
