import type { App, Reply, Request } from "@kerege/kernel/http";
import type { Problem } from "@kerege/kernel/problem";
import type { Contest } from "./door.ts";
import type { Book } from "./pages/book.ts";
import { ComparePage, MergesPage } from "./pages/compare.tsx";
import { ContestsPage, DecidePage } from "./pages/contests.tsx";
import { DeskHelpPage } from "./pages/desk-help.tsx";
import { asRefusal } from "./pages/frame.tsx";
import { NoticesPage } from "./pages/notices.tsx";
import { recordPath } from "./pages/record.tsx";
import { type Typed, typedOf } from "./pages/typed.ts";
import { problem } from "./problems.ts";
import { addAlarmPages } from "./routes-desk-alarms.ts";
import { withKept } from "./routes-desk-asked.ts";
import { type AddDeskPage, readView, recordView } from "./routes-desk-record.ts";
import { addSupervisionPages } from "./routes-desk-supervision.ts";
import { type Desk, deskOf, needRight } from "./routes-desk-visit.ts";
import { param, sendOwn, withQuery } from "./routes-pages-answer.ts";

const PAGE = 50;

/** What waits for officials of a body: contested fields, merges, notices of corrections. */
export function addWorkPages(app: App, book: Book, page: AddDeskPage): void {
  const post = (path: string, work: (desk: Desk, request: Request, reply: Reply) => Promise<Reply>) =>
    app.post(`/:language/desk${path}`, async (request, reply) => work(await deskOf(app, book, request), request, reply));

  addContests(book, { page, post });
  addMerges(book, { page, post });
  addAlarmPages(book, { page, post });
  addSupervisionPages(app, book, { page });

  page("/help", async (desk) => DeskHelpPage({ desk }));

  page("/notices", async (desk, request) => {
    const { after } = typedOf(request.query);
    return NoticesPage({ book, desk, ...(await book.door.notices(desk.actor, { limit: PAGE, ...(after && { after }) })) });
  });
}

export interface Ways {
  page: AddDeskPage;
  post(path: string, work: (desk: Desk, request: Request, reply: Reply) => Promise<Reply>): void;
}

function addContests(book: Book, { page, post }: Ways): void {
  page("/contests", async (desk, request) => {
    const { after } = typedOf(request.query);
    const rows = await book.door.contests(desk.actor, { limit: PAGE, ...(after && { after }) });
    return ContestsPage({ book, desk, ...rows });
  });

  const draw = async (desk: Desk, one: Contest, given: { typed: Typed; refused?: Problem }) => {
    const register = book.register(one.register);
    const field = register.flat.fields[one.field]?.part?.of ?? one.field;
    const ways = Object.entries(register.declared.events).filter(
      ([, event]) => !event.creates && !event.ends && event.sets.includes(field),
    );
    // The ground that shows the contested field with most of what stands around it.
    const [ground] = book
      .groundsFor(desk.actor, { register: one.register })
      .filter((each) => !each.breakGlass && book.fieldsUnder(each, one.register).includes(field))
      .sort((a, b) => book.fieldsUnder(b, one.register).length - book.fieldsUnder(a, one.register).length);
    const path = recordPath(desk, one.register, one.key);
    const links = ways
      .sort(([, a], [, b]) => Number(b.corrects === true) - Number(a.corrects === true))
      .map(([name, event]) => ({
        title: event.title[desk.visit.language],
        href: withQuery(`${path}/events/${name}`, { ground: ground?.ground }),
      }));
    return DecidePage({ book, desk, register, contest: one, links, ...given });
  };

  const find = (desk: Desk, request: Request) => book.door.readContest(desk.actor, { id: param(request, "id") });

  page("/contests/:id", async (desk, request) => draw(desk, await find(desk, request), { typed: {} }));

  post("/contests/:id", async (desk, request, reply) => {
    needRight(desk, "correct");
    const typed = typedOf(request.body);
    const one = await find(desk, request);
    const accepted = typed.accept === "yes" ? true : typed.accept === "no" ? false : undefined;
    try {
      if (accepted === undefined)
        throw problem("wrong-value", {
          params: { register: one.register },
          fields: [{ pointer: "/accept", key: "registry.fields.required" }],
        });
      await book.door.decide(desk.actor, { id: one.id, accepted, answer: typed.answer ?? "" });
    } catch (error) {
      const refused = asRefusal(error);
      return sendOwn(request, reply.code(refused.status), await draw(desk, one, { typed, refused }));
    }
    return reply.redirect(`/${desk.visit.language}/desk/contests/${one.id}`, 303);
  });
}

function addMerges(book: Book, { page, post }: Ways): void {
  page("/registers/:register/merges", async (desk, request) => {
    const register = book.register(param(request, "register"));
    const merges = await book.door.merges(desk.actor, { register: register.declared.register });
    const waiting = merges.filter(({ state }) => state === "proposed");
    const decided = merges.filter(({ state }) => state !== "proposed");
    const proposed = typedOf(request.query).proposed === "yes";
    return MergesPage({ book, desk, register, merges: [...waiting, ...decided], proposed });
  });

  post("/registers/:register/merges", async (desk, request, reply) => {
    needRight(desk, "merge");
    const register = book.register(param(request, "register"));
    const typed = await withKept(book, desk, request.body);
    const keys = [typed.one ?? "", typed.other ?? ""] as const;
    const into = typed.into === keys[1] ? keys[1] : keys[0];
    const from = into === keys[0] ? keys[1] : keys[0];
    const name = register.declared.register;
    try {
      await book.door.proposeMerge(desk.actor, { register: name, from, into, reason: typed.why ?? "" });
    } catch (error) {
      const refused = asRefusal(error);
      const view = recordView(book, desk, { register, key: into, typed });
      if (!view) throw error;
      const [one, other] = await Promise.all(keys.map((key) => readView({ ...view, key })));
      const again = { into, reason: typed.why ?? "" };
      return sendOwn(request, reply.code(refused.status), ComparePage({ ...view, keys, one, other, refused, typed: again }));
    }
    return reply.redirect(`/${desk.visit.language}/desk/registers/${name}/merges?proposed=yes`, 303);
  });

  post("/registers/:register/merges/:id", async (desk, request, reply) => {
    needRight(desk, "confirm-merge");
    const register = book.register(param(request, "register"));
    await book.door.decideMerge(desk.actor, { id: param(request, "id"), accept: typedOf(request.body).accept === "yes" });
    return reply.redirect(`/${desk.visit.language}/desk/registers/${register.declared.register}/merges`, 303);
  });
}
