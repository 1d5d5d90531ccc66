import type { App } from "@kerege/kernel/http";
import { type Book, createBook, type PagesNeeds } from "./pages/book.ts";
import { DeskHome, type DeskRegister } from "./pages/desk-home.tsx";
import { DeskRegisterPage } from "./pages/desk-register.tsx";
import { recordPath } from "./pages/record.tsx";
import { type Typed, typedOf } from "./pages/typed.ts";
import { addAskedForms, keptFor } from "./routes-desk-asked.ts";
import { addEventPages } from "./routes-desk-event.ts";
import { addImportPages } from "./routes-desk-import.ts";
import { type AddDeskPage, addRecordPages } from "./routes-desk-record.ts";
import { type Desk, deskOf, needRight } from "./routes-desk-visit.ts";
import { addWorkPages } from "./routes-desk-work.ts";
import { addOpenPages } from "./routes-pages.ts";
import { param, sendOwn, withQuery } from "./routes-pages-answer.ts";
import { addConsentPages } from "./routes-pages-consents.ts";
import { addOwnPages } from "./routes-pages-own.ts";
import { addPersonPages } from "./routes-pages-person.ts";
import { answerSearch } from "./routes-pages-search.ts";

/** All pages of registers: open ones, the person's own, those of desks. */
export function addPages(app: App, needs: PagesNeeds): void {
  const book = createBook(needs);
  addOpenPages(app, book);
  addPersonPages(app, book);
  addConsentPages(app, book);
  addOwnPages(app, book);
  const page: AddDeskPage = (path, draw) => {
    app.get(`/:language/desk${path}`, async (request, reply) => {
      const desk = await deskOf(app, book, request);
      return sendOwn(request, reply, await draw(desk, request));
    });
  };
  page("/registers", (desk) => drawHome(book, desk));
  page("/registers/:register", (desk, request) => {
    const { search = "" } = typedOf(request.query);
    return drawRegister(book, desk, { name: param(request, "register"), typed: { ...(search && { search }) } });
  });
  page("/registers/:register/found/:reference", async (desk, request) => {
    const { after } = typedOf(request.query);
    const reference = param(request, "reference");
    const name = param(request, "register");
    const typed = await keptFor(book, desk, reference);
    const mark = after && book.addresses.markIn(after, desk.sitting);
    return drawRegister(book, desk, { name, typed: { ...typed, ...(mark && { after: mark }) }, reference });
  });
  addAskedForms(app, book);
  addRecordPages(app, book, page);
  addEventPages(app, book);
  addWorkPages(app, book, page);
  addImportPages(app, book, page);
}

async function drawHome(book: Book, desk: Desk) {
  const { actor, visit } = desk;
  const reads = desk.may("search") ? book.registers : [];
  const may = reads.filter(
    (one) =>
      one.owner === actor.body || book.groundsFor(actor, { register: one.register }).some((ground) => !ground.readers.anyone),
  );
  const shown = await Promise.all(
    may.map(
      async (declaration): Promise<DeskRegister> => ({
        declaration,
        owner: book.bodyName(declaration.owner, visit.language),
        records: await book.door.count(declaration.register),
      }),
    ),
  );
  return DeskHome({
    desk,
    own: shown.filter((one) => one.declaration.owner === actor.body),
    others: shown.filter((one) => one.declaration.owner !== actor.body),
  });
}

/** A register with its searches; `reference` names the one that was asked, with what was typed. */
async function drawRegister(book: Book, desk: Desk, asked: { name: string; typed: Typed; reference?: string }) {
  needRight(desk, "search");
  const { typed, reference } = asked;
  const register = book.register(asked.name);
  const { register: name, search, events, owner } = register.declared;
  const { actor, visit } = desk;
  const names = Object.keys(search).filter((one) => book.groundsFor(actor, { register: name, condition: one }).length > 0);
  const action = `/${visit.language}/desk/registers/${name}`;
  const view =
    names.length === 0
      ? undefined
      : await answerSearch(book, {
          actor,
          visit,
          register,
          names,
          typed,
          asks: reference !== undefined,
          form: { action: `${action}/found`, method: "post" },
          hrefOf: (key, ground) => withQuery(recordPath(desk, name, key), typed.reason ? { under: reference } : { ground }),
          nextOf: (mark) => withQuery(`${action}/found/${reference}`, { after: book.addresses.mark(mark, desk.sitting) }),
        });
  const own = owner === actor.body;
  const creating = Object.entries(events).filter(
    ([, event]) => event.creates && (own || event.by?.includes(actor.body)) && desk.may("record"),
  );
  return DeskRegisterPage({ desk, register, names, view, creating, own, action });
}
