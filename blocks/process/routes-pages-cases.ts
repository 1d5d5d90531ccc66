import type { CaseView } from "./door.ts";
import type { Status } from "./engine/state.ts";
import { param, sendOwn, withQuery } from "./pages/answer.ts";
import type { Book } from "./pages/book.ts";
import { CasePage, type CaseShown } from "./pages/case.tsx";
import { CasesPage, STATUSES } from "./pages/cases.tsx";
import { casePath, openPlace, pathOf } from "./pages/frame.tsx";
import { RIGHTS, type Seat } from "./pages/seat.ts";
import { type Typed, typedOf } from "./pages/typed.ts";
import type { Ways } from "./routes-pages.ts";

const PAGE = 50;
/** What pages say after something was done. */
const SAID = ["done", "proposed", "confirmed"];

/** Lists of cases, and a case. */
export function addCasePages({ book, get, post }: Ways): void {
  const { door } = book;
  openPlace("cases");

  const list = async (seat: Seat, typed: Typed) => {
    const status = STATUSES.find((known) => known === typed.status) as Status | undefined;
    const { process, model, node, after } = typed;
    const { rows, next } = await door.cases({
      ...(seat.only !== undefined && { body: seat.only }),
      ...(process && { process }),
      ...(model && { model }),
      ...(node && { node }),
      ...(status && { status }),
      page: { limit: PAGE, ...(after && { after }) },
    });
    return { rows, next: next && withQuery(pathOf(seat.visit, "cases"), { process, model, node, status, after: next }) };
  };

  get("/cases", RIGHTS, async (seat, request) => {
    const typed = typedOf(request.query);
    return CasesPage({ book, seat, ...(await list(seat, typed)), typed, processes: door.processes() });
  });

  // A number goes by POST: what is looked for stays out of addresses and logs.
  post("/cases", RIGHTS, async (seat, request, reply) => {
    const { key = "" } = typedOf(request.body);
    const found =
      key === "" ? [] : (await door.cases({ key, ...(seat.only !== undefined && { body: seat.only }), page: { limit: 2 } })).rows;
    if (found.length === 1) return reply.redirect(casePath(seat.visit, found[0]!.instance), 303);
    const { t } = seat.visit;
    const notFound = t(key === "" ? "process.pages.cases.say-number" : "process.pages.cases.not-found");
    const page = CasesPage({
      book,
      seat,
      ...(found.length > 1 ? { rows: found, next: undefined } : await list(seat, {})),
      typed: { key },
      processes: door.processes(),
      ...(found.length === 0 && { notFound }),
    });
    return sendOwn(request, reply.code(found.length === 0 ? 404 : 200), page);
  });

  get("/cases/:instance", RIGHTS, async (seat, request) => {
    const { all, said } = typedOf(request.query);
    const shown = await caseShown(book, seat, param(request, "instance"));
    const done = SAID.find((known) => known === said);
    return CasePage({ book, seat, shown, all: all === "yes", ...(done && { done }) });
  });
}

/** A case with all that its page shows. */
export async function caseShown(book: Book, seat: Seat, instance: string): Promise<CaseShown> {
  const found = await book.caseOf(seat, instance);
  const { door } = book;
  const [drawn, history, tasks, proposals] = await Promise.all([
    drawnOf(book, found),
    door.history(instance),
    door.tasks({ instance }),
    seat.may("operate") ? door.proposals({ instance }) : [],
  ]);
  return { found, ...drawn, history, tasks: tasks.rows, proposals };
}

/** An edition that is gone has neither a model nor a drawing: its cases are still shown. */
async function drawnOf(book: Book, { model: hash }: Pick<CaseView, "model">): Promise<Pick<CaseShown, "model" | "drawings">> {
  const model = await book.modelOf(hash);
  return { model, drawings: await book.drawingsOf(hash) };
}
