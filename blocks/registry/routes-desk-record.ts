import type { App, Request } from "@kerege/kernel/http";
import type { Problem } from "@kerege/kernel/problem";
import type { VNode } from "preact";
import type { Ground, RegisterEvent } from "./declaration.ts";
import type { Found } from "./door.ts";
import type { Expanded } from "./expand.ts";
import type { Book } from "./pages/book.ts";
import { ComparePage } from "./pages/compare.tsx";
import { asRefusal } from "./pages/frame.tsx";
import { HistoryPage } from "./pages/history.tsx";
import { AskGroundPage, CardPage, type RecordView } from "./pages/record.tsx";
import { readDay, type Typed } from "./pages/typed.ts";
import { problem } from "./problems.ts";
import { underOf, withKept } from "./routes-desk-asked.ts";
import { type Desk, deskOf, needRight } from "./routes-desk-visit.ts";
import { sendFile } from "./routes-files.ts";
import { param } from "./routes-pages-answer.ts";
import { isDay } from "./values.ts";

export type DeskPageDraw = (desk: Desk, request: Request) => Promise<VNode>;
export type AddDeskPage = (path: string, draw: DeskPageDraw) => void;

/** The record a page is about, under the ground that its address names; nothing where the ground has to be asked for. */
export function recordView(
  book: Book,
  desk: Desk,
  given: { register: Expanded; key: string; typed: Typed },
): RecordView | undefined {
  const { register, key, typed } = given;
  const name = register.declared.register;
  const grounds = book.groundsFor(desk.actor, { register: name });
  const chosen = grounds.find((one) => one.ground === typed.ground);
  const only = grounds.length === 1 && !grounds[0]!.breakGlass ? grounds[0] : undefined;
  const ground: Ground | undefined = chosen ?? (typed.ground ? undefined : only);
  if (!ground) return undefined;
  const query = underOf({ ...typed, ground: ground.ground });
  const reason = typed.reason || undefined;
  return { book, desk, register, key, ground, fields: book.fieldsUnder(ground, name), query, reason };
}

/** Reads the record of a view, as it is or as of two times. */
export function readView(view: RecordView, times: { trueOn?: string; knownAt?: Date } = {}): Promise<Found | undefined> {
  const { book, desk, fields } = view;
  return book.door.read(desk.actor, { ...readingOf(view), fields, ...times });
}

/** What every reading of the record of a view is asked with. */
export function readingOf({ register, key, ground, reason }: RecordView) {
  return { register: register.declared.register, key, ground: ground.ground, ...(reason && { reason }) };
}

/** Events that may happen to a record now, to be recorded by this official. */
export function eventsNow(desk: Desk, register: Expanded, found: Found): [string, RegisterEvent][] {
  const { owner, events } = register.declared;
  return Object.entries(events).filter(
    ([, event]) =>
      !event.creates &&
      event.when === undefined &&
      (!event.from || event.from.includes(found.state ?? "")) &&
      (owner === desk.actor.body || event.by?.includes(desk.actor.body)) &&
      (desk.may("record") || (event.corrects === true && desk.may("correct"))),
  );
}

/** A card of a record, its history, two records beside one another. */
export function addRecordPages(app: App, book: Book, page: AddDeskPage): void {
  const open = async (desk: Desk, request: Request, draw: (view: RecordView, typed: Typed) => Promise<VNode>): Promise<VNode> => {
    needRight(desk, "search");
    const register = book.register(param(request, "register"));
    const name = param(request, "key");
    const key = name && desk.keyOf(register.declared.register, name);
    const typed = await withKept(book, desk, request.query);
    const view = recordView(book, desk, { register, key, typed });
    const ask = (refused?: Problem) =>
      AskGroundPage({
        book,
        desk,
        title: `${register.declared.title[desk.visit.language]} ${key}`,
        to: request.url,
        register,
        typed,
        refused,
      });
    if (!view) return ask();
    try {
      return await draw(view, typed);
    } catch (error) {
      const refused = asRefusal(error);
      if (["registry.reason-needed", "registry.no-consent", "registry.too-many-reads"].includes(refused.code))
        return ask(refused);
      throw error;
    }
  };

  page("/registers/:register/records/:key", (desk, request) =>
    open(desk, request, async (view, typed) => {
      const { register, key } = view;
      const { language } = desk.visit;
      const asked = { on: typed.on ?? "", known: typed.known ?? "" };
      const times = timesOf(asked, book.means.country.timeZone);
      const found = "refused" in times ? undefined : await readView(view, times);
      const asOf = asked.on !== "" || asked.known !== "";
      const mergedInto = found && !asOf ? undefined : await book.door.mergedInto(register.declared.register, key);
      return CardPage({
        ...view,
        found,
        events: found ? eventsNow(desk, register, found) : [],
        asked,
        asOf,
        recorded: register.declared.events[typed.recorded ?? ""]?.title[language],
        mergedInto,
        ...("refused" in times && { refused: times.refused }),
      });
    }),
  );

  page("/registers/:register/records/:key/history", (desk, request) =>
    open(desk, request, async (view) => {
      const entries = await book.door.history(desk.actor, { ...readingOf(view), fields: view.fields });
      return HistoryPage({ ...view, entries });
    }),
  );

  page("/registers/:register/compare", (desk, request) =>
    open(desk, request, async (view, typed) => {
      const name = view.register.declared.register;
      const keyIn = (named: string | undefined) => (named ? desk.keyOf(name, named) : "");
      const keys = [keyIn(typed.one), keyIn(typed.other)] as const;
      const [one, other] = await Promise.all(keys.map((key) => (key ? readView({ ...view, key }) : undefined)));
      return ComparePage({ ...view, keys, one, other });
    }),
  );

  app.get("/:language/desk/registers/:register/records/:key/files/:field", async (request, reply) => {
    const desk = await deskOf(app, book, request);
    needRight(desk, "search");
    const register = book.register(param(request, "register"));
    const key = desk.keyOf(register.declared.register, param(request, "key"));
    const typed = await withKept(book, desk, request.query);
    const view = recordView(book, desk, { register, key, typed });
    const times = timesOf({ on: typed.on ?? "", known: typed.known ?? "" }, book.means.country.timeZone);
    const file =
      view && !("refused" in times)
        ? await book.door.openFile(desk.actor, { ...readingOf(view), field: param(request, "field"), ...times })
        : undefined;
    if (!file) throw problem("not-found");
    return sendFile(reply, file);
  });
}

/** The two times a card is asked for; nothing for now. */
function timesOf(
  asked: { on: string; known: string },
  timeZone: string,
): { trueOn?: string; knownAt?: Date } | { refused: Problem } {
  const faults = [];
  const trueOn = asked.on === "" ? undefined : readDay(asked.on);
  if (trueOn !== undefined && !isDay(trueOn)) faults.push({ pointer: "/on", key: "registry.fields.not-date" });
  const knownAt = asked.known === "" ? undefined : readInstant(asked.known, timeZone);
  if (asked.known !== "" && !knownAt) faults.push({ pointer: "/known", key: "registry.fields.not-date" });
  if (faults.length > 0) return { refused: problem("wrong-search", { fields: faults }) };
  return { ...(trueOn && { trueOn }), ...(knownAt && { knownAt }) };
}

/** `5.11.2026 14:30` of the country's clock as an instant; a day alone means its end. */
export function readInstant(text: string, timeZone: string): Date | undefined {
  const [, day = "", time = "23:59"] = /^(\S+)(?:[\sT]+(\d{1,2}:\d{2}))?$/.exec(text) ?? [];
  const iso = readDay(day);
  if (!isDay(iso)) return undefined;
  const wanted = Date.parse(`${iso}T${time.padStart(5, "0")}:59.999Z`);
  if (Number.isNaN(wanted)) return undefined;
  const clock = new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const shown = Date.parse(`${clock.format(new Date(wanted)).replace(" ", "T")}.999Z`);
  return new Date(wanted - (shown - wanted));
}
