import { actorKey } from "@kerege/kernel/actor";
import type { App, Reply, Request } from "@kerege/kernel/http";
import { type FieldProblem, kernelProblem, type Problem } from "@kerege/kernel/problem";
import type { VNode } from "preact";
import type { RegisterEvent } from "./declaration.ts";
import type { Found, RecordRequest } from "./door.ts";
import { compose, decompose, type Expanded } from "./expand.ts";
import type { Book } from "./pages/book.ts";
import { ConflictPage, EventFormPage, EventPreviewPage, type EventView } from "./pages/event.tsx";
import { asRefusal } from "./pages/frame.tsx";
import { KEY_FIELD } from "./pages/lookup.tsx";
import { AskGroundPage, type RecordView, recordPath } from "./pages/record.tsx";
import {
  fileTyped,
  inputsOf,
  type ReadFields,
  readDay,
  readFields,
  type Typed,
  typedFrom,
  typedOf,
  writeDay,
} from "./pages/typed.ts";
import { problem } from "./problems.ts";
import { underOf, withKept } from "./routes-desk-asked.ts";
import { afterLookup, lookupFields, lookupOf, namesIn } from "./routes-desk-lookup.ts";
import { eventsNow, readingOf, readView, recordView } from "./routes-desk-record.ts";
import { type Desk, deskOf, needRight } from "./routes-desk-visit.ts";
import { fingerprintOf } from "./routes-events.ts";
import { param, sendOwn, withQuery } from "./routes-pages-answer.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FORM_BYTES = 1024 * 1024;
/** Of any file; what its field allows is looked at while the bytes come. */
const FILE_BYTES = 200_000_000;
const [MOST_FILES, MOST_PARTS] = [10, 100];

/** What a clerk is about to record: the event, the record as it is, what was typed. */
interface Entry {
  desk: Desk;
  register: Expanded;
  event: RegisterEvent & { name: string };
  /** Declared fields the event sets. */
  fields: string[];
  key: string;
  /** Nothing for a new record. */
  view?: RecordView;
  found?: Found;
  typed: Typed;
  /** What is wrong with files that came with the form. */
  faults: FieldProblem[];
}

/** Recording events: a form of what the event sets, a look at what will change, the record. */
export function addEventPages(app: App, book: Book): void {
  const paths = ["/registers/:register/records/:key/events/:event", "/registers/:register/new/:event"];
  for (const path of paths) {
    app.get(`/:language/desk${path}`, async (request, reply) => {
      const desk = await deskOf(app, book, request);
      const typed = await withKept(book, desk, request.query);
      const register = book.register(param(request, "register"));
      const named = param(request, "key");
      const key = named && desk.keyOf(register.declared.register, named);
      if (key !== "" && !recordView(book, desk, { register, key, typed }))
        return sendOwn(request, reply, askGround({ desk, register, key, typed }, request.url));
      const entry = await openEntry(desk, request, typed);
      return sendOwn(request, reply, EventFormPage(await viewOf(entry, fresh(entry))));
    });
    app.post(`/:language/desk${path}`, { bodyLimit: FORM_BYTES }, async (request, reply) => {
      const desk = await deskOf(app, book, request);
      const { typed: sent, faults } = await typedBody(desk, request);
      const typed = await withKept(book, desk, sent);
      return answer(request, reply, { ...(await openEntry(desk, request, typed)), faults });
    });
  }

  /** The form as it came. Files are kept at once, so that a look at what will change need not bring them again. */
  async function typedBody(desk: Desk, request: Request): Promise<{ typed: Typed; faults: FieldProblem[] }> {
    if (!request.isMultipart()) return { typed: typedOf(request.body), faults: [] };
    if (!desk.may("correct")) needRight(desk, "record");
    const { declared } = book.register(param(request, "register"));
    const [typed, files]: [Typed, Typed] = [{}, {}];
    const faults: FieldProblem[] = [];
    for await (const part of request.parts({
      limits: { fileSize: FILE_BYTES, files: MOST_FILES, parts: MOST_PARTS, fields: MOST_PARTS },
    })) {
      if (part.type !== "file") {
        if (typeof part.value === "string") typed[part.fieldname] = part.value.trim();
        continue;
      }
      if (part.filename === "") {
        part.file.resume();
        continue;
      }
      const field = part.fieldname.replace(/^v\./, "");
      try {
        const asked = { register: declared.register, field, type: part.mimetype, source: part.file };
        Object.assign(files, fileTyped(field, { ...(await book.door.keepFile(desk.actor, asked)), name: part.filename }));
      } catch (error) {
        part.file.resume();
        const refused = asRefusal(error);
        if (refused.code !== "registry.wrong-value") throw error;
        faults.push(...refused.fields);
      }
    }
    // A file that was chosen anew takes the place of the one that was kept before.
    return { typed: { ...typed, ...files }, faults };
  }

  /** Under which ground the record is read that the event is about, where its address does not say. */
  function askGround({ desk, register, key, typed }: Pick<Entry, "desk" | "register" | "key" | "typed">, to: string): VNode {
    const title = `${register.declared.title[desk.visit.language]} ${key}`;
    return AskGroundPage({ book, desk, title, to, register, typed });
  }

  async function openEntry(desk: Desk, request: Request, typed: Typed): Promise<Entry> {
    const register = book.register(param(request, "register"));
    const name = param(request, "event");
    const declared = Object.hasOwn(register.declared.events, name) ? register.declared.events[name]! : undefined;
    if (!declared) throw problem("unknown-event", { params: { register: register.declared.register, event: name } });
    const fields = declared.sets;
    const event = { ...declared, name };
    const creates = declared.creates === true;
    const named = param(request, "key");
    if (!creates && named === "") throw kernelProblem("not-found");
    const key = creates ? (typed.key ?? "").replaceAll(/\s/g, "") : desk.keyOf(register.declared.register, named);
    const entry: Entry = { desk, register, event, fields, key, typed, faults: [] };
    if (creates) {
      needRight(desk, "record");
      if (desk.actor.body !== register.declared.owner && !declared.by?.includes(desk.actor.body))
        throw problem("not-owner", { params: { register: register.declared.register } });
      return entry;
    }
    const view = recordView(book, desk, { register, key, typed });
    if (!view)
      throw problem("no-ground", {
        params: { ground: typed.ground ?? "", register: register.declared.register, reason: "reader" },
      });
    const found = await readView(view);
    if (!found) throw problem("not-found");
    if (!eventsNow(desk, register, found).some(([one]) => one === name)) {
      needRight(desk, declared.corrects ? "correct" : "record");
      throw problem("wrong-state");
    }
    return { ...entry, view, found };
  }

  /** A form as it is first seen: what is held, today, an act of its own. */
  function fresh({ register, event, fields, found, typed }: Entry): Typed {
    return {
      ...(found && typedFrom(register, fields, found.values)),
      act: book.means.ids.next(),
      // What is put right was wrong since the record has stood as it does.
      valid_from: writeDay(event.corrects && found ? found.validFrom : book.today()),
      ...(found && { version: String(found.version) }),
      ...underOf(typed),
    };
  }

  async function viewOf(entry: Entry, typed: Typed): Promise<EventView> {
    const { desk, register, event, fields, key, view, found } = entry;
    const form = { desk, register, typed, fields: [...(event.creates ? [KEY_FIELD] : []), ...fields] };
    const [names, lookup] = await Promise.all([namesIn(book, form), lookupOf(book, form)]);
    const { language } = desk.visit;
    const base = `/${language}/desk/registers/${register.declared.register}`;
    const card = view && recordPath(desk, register.declared.register, key);
    return {
      book,
      desk,
      register,
      event,
      fields,
      key,
      typed,
      found,
      known: view?.fields ?? [],
      action: card ? `${card}/events/${event.name}` : `${base}/new/${event.name}`,
      back: card ? withQuery(card, view.query) : base,
      names,
      findable: [...lookupFields(book, form).keys()],
      lookup,
    };
  }

  async function answer(request: Request, reply: Reply, entry: Entry): Promise<Reply> {
    const { desk, typed, found, register } = entry;
    const send = (page: VNode, code = 200) => sendOwn(request, reply.code(code), page);
    if (!UUID.test(typed.act ?? "")) throw kernelProblem("bad-request");
    const looked = afterLookup(typed);
    if (looked) return send(EventFormPage(await viewOf({ ...entry, key: looked.key ?? entry.key }, looked)));
    if (typed.do === "edit") return send(EventFormPage(await viewOf(entry, typed)));
    // What is recorded is looked at by the engine: a form that is sent twice (a button pressed twice) was no conflict with itself.
    if (found && typed.do !== "record" && typed.version !== String(found.version)) return send(await conflict(entry), 409);
    const { asked, read } = requestOf(entry);
    const refuse = async (refused: Problem) =>
      send(EventFormPage({ ...(await viewOf(entry, typed)), refused, choices: read.choices }), refused.status);
    if (read.faults.length > 0)
      return refuse(problem("wrong-value", { params: { register: asked.register }, fields: read.faults }));
    if (typed.do !== "record") {
      const refused = await book.rehearse(desk.actor, asked);
      if (refused) return refuse(asRefusal(refused));
      return send(EventPreviewPage({ ...(await viewOf(entry, typed)), after: { ...found?.values, ...asked.values } }));
    }
    try {
      await book.door.record(desk.actor, asked);
    } catch (error) {
      const refused = asRefusal(error);
      if (refused.code === "registry.version-differs" && entry.view) {
        const now = await readView(entry.view);
        return send(await conflict({ ...entry, ...(now && { found: now }) }), 409);
      }
      return refuse(refused);
    }
    const path = recordPath(desk, register.declared.register, asked.key);
    return reply.redirect(withQuery(path, { ...underOf(typed), recorded: entry.event.name }), 303);
  }

  /** What was typed, as the engine takes it: of fields that are not asked for only those that were changed. */
  function requestOf(entry: Entry): { asked: RecordRequest; read: ReadFields } {
    const { desk, register, event, fields, key, typed, found } = entry;
    const read = readFields(book, register, { fields, typed, language: desk.visit.language });
    const held = found ? compose(register, found.values) : {};
    const sent = Object.entries(read.given).filter(
      ([field, value]) =>
        event.requires?.includes(field) || JSON.stringify(value) !== JSON.stringify(readBack(field, held[field]) ?? null),
    );
    const { values, faults } = decompose(register, Object.fromEntries(sent));
    read.faults.push(...entry.faults, ...faults);
    const number = typed.document ?? "";
    const kinds = event.documents !== undefined;
    const on = typed.document_on ? { on: readDay(typed.document_on) } : {};
    const document = kinds ? { kind: typed.document_kind ?? "", number, ...on } : number;
    const asked: RecordRequest = {
      register: register.declared.register,
      event: event.name,
      act: typed.act!,
      key,
      values,
      validFrom: readDay(typed.valid_from ?? ""),
      document,
      ...(typed.version && { version: Number(typed.version) }),
    };
    const inputs = Object.fromEntries(Object.entries(typed).filter(([input]) => !/^(?:do|find.*|n\..*|f\..*)$/.test(input)));
    asked.fingerprint = fingerprintOf({ register: asked.register, key, event: event.name, by: actorKey(desk.actor), inputs });
    return { asked, read };

    /** What is held, as the form would give it back: typed and read again, so that only what a clerk changed differs. */
    function readBack(field: string, value: unknown): unknown {
      if (value === undefined || !found) return undefined;
      const again = readFields(book, register, {
        fields: [field],
        typed: typedFrom(register, [field], found.values),
        language: desk.visit.language,
      });
      return again.given[field];
    }
  }

  /** Another clerk was first: what stood when this one began, what stands now, what he meant to record. */
  async function conflict(entry: Entry): Promise<VNode> {
    const { desk, view, typed, found } = entry;
    const entries = await book.door.history(desk.actor, { ...readingOf(view!), fields: view!.fields });
    const version = Number(typed.version);
    const before = entries.find((one) => one.version === version);
    return ConflictPage({
      ...(await viewOf(entry, {
        ...rebased(entry, before),
        act: book.means.ids.next(),
        ...(found && { version: String(found.version) }),
      })),
      mine: typed,
      before,
      between: entries.filter((one) => one.version > version),
    });
  }
}

/** What was typed, laid over the record as it is now: inputs this clerk left as they were take what the other one recorded. */
function rebased({ register, fields, found, typed }: Entry, before: Found | undefined): Typed {
  if (!before || !found) return typed;
  const again = { ...typed };
  for (const field of fields) {
    const [old, now] = [typedFrom(register, [field], before.values), typedFrom(register, [field], found.values)];
    const inputs = new Set([...Object.keys(old), ...Object.keys(now), ...inputsOf(typed, field)]);
    if ([...inputs].some((input) => (typed[input] ?? "") !== (old[input] ?? ""))) continue;
    for (const input of inputs) again[input] = now[input] ?? "";
  }
  return again;
}
