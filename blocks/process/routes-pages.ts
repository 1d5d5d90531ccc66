import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type App, languageOf, type Reply, type Request } from "@kerege/kernel/http";
import type { VNode } from "preact";
import { sendOwn, withQuery } from "./pages/answer.ts";
import { type Book, createBook, type PagesNeeds } from "./pages/book.ts";
import { openPlace, pathOf, setFiles } from "./pages/frame.tsx";
import { IncidentsPage } from "./pages/incidents.tsx";
import { LoadPage } from "./pages/load.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { namesOf } from "./pages/parts.tsx";
import { createSeats, RIGHTS, type Right, type Seat } from "./pages/seat.ts";
import { TimersPage } from "./pages/timers.tsx";
import { typedOf } from "./pages/typed.ts";
import { addFigurePages } from "./routes-figures.ts";
import { addCasePages } from "./routes-pages-cases.ts";
import { addEditionPages } from "./routes-pages-editions.ts";
import { addRepairPages } from "./routes-pages-repair.ts";
import { addSimulationPages } from "./routes-simulations.ts";

const STYLE = "/process/style.css";
const SCRIPT = "/process/desk.js";
const PAGE = 50;

/** How a page is added: who may open it, what is drawn for him. */
export interface Ways {
  book: Book;
  get(path: string, rights: readonly Right[], draw: (seat: Seat, request: Request) => Promise<VNode>): void;
  post(path: string, rights: readonly Right[], work: (seat: Seat, request: Request, reply: Reply) => Promise<Reply>): void;
  /** A file instead of a page. */
  stream(path: string, rights: readonly Right[], send: (seat: Seat, request: Request, reply: Reply) => Promise<Reply>): void;
}

/** Pages of the operator and of heads of desks. */
export function addProcessPages(app: App, needs: PagesNeeds): void {
  addFiles(app);
  const book = createBook(needs);
  const { languages } = needs.means.country;
  const seats = createSeats(app, { identity: needs.identity, reference: needs.reference, languages });
  const ways: Ways = {
    book,
    get: (path, rights, draw) =>
      void app.get(`/:language/process${path}`, async (request, reply) => {
        const seat = await seats.seatOf(request, ...rights);
        return sendOwn(request, reply, await draw(seat, request));
      }),
    stream: (path, rights, send) =>
      void app.get(`/:language/process${path}`, async (request, reply) =>
        send(await seats.seatOf(request, ...rights), request, reply),
      ),
    post: (path, rights, work) =>
      void app.post(`/:language/process${path}`, async (request, reply) =>
        work(await seats.seatOf(request, ...rights), request, reply),
      ),
  };
  app.visits.place({ path: "/process", key: "process.pages.title", rights: RIGHTS.map((right) => `process.${right}`) });
  // An address without a language leads to the reader's own.
  app.get("/process", async (request, reply) =>
    reply
      .header("vary", "cookie, accept-language")
      .header("cache-control", "private, no-cache")
      .redirect(`/${languageOf(request, languages)}/process`, 302),
  );
  addLookingPages(ways);
  addCasePages(ways);
  addRepairPages(ways);
  addEditionPages(ways);
  addFigurePages(ways);
  addSimulationPages(ways, needs.trials);
}

/** The style of the diagrams and of these pages in one file, and the script of the keys: both may be kept for ever. */
function addFiles(app: App): void {
  const read = (...files: string[]) => files.map((file) => readFileSync(new URL(file, import.meta.url), "utf8")).join("");
  const served = [
    {
      address: STYLE,
      type: "text/css; charset=utf-8",
      content: read("./drawing/drawing.css", "./pages/process.css", "./figures/figures.css"),
    },
    { address: SCRIPT, type: "text/javascript; charset=utf-8", content: read("./pages/process.js") },
  ];
  const [style = "", script = ""] = served.map(
    ({ address, content }) => `${address}?${createHash("sha256").update(content).digest("base64url").slice(0, 12)}`,
  );
  setFiles({ style, script });
  for (const { address, type, content } of served)
    app.get(address, async (_request, reply) =>
      reply.type(type).header("cache-control", "public, max-age=31536000, immutable").send(content),
    );
}

const SHOWN_FIRST = 5;
const modelsOf = (rows: readonly { model: string }[]) => rows.map(({ model }) => model);

function addLookingPages({ book, get }: Ways): void {
  const { door } = book;
  for (const place of ["overview", "incidents", "timers", "load"] as const) openPlace(place);

  get("", RIGHTS, async (seat) => {
    const own = seat.only !== undefined && { body: seat.only };
    const [counts, incidents, proposals, timers, editions] = await Promise.all([
      door.counts(),
      door.incidents({ ...own, page: { limit: SHOWN_FIRST } }),
      seat.may("operate") ? door.proposals() : [],
      door.timersDue({ by: "day" }),
      door.editions(),
    ]);
    const today = book.means.clock.now().toISOString().slice(0, 10);
    const current = editions.filter(({ validUntil, live }) => live > 0 || validUntil === undefined || validUntil > today);
    const names = await namesOf(book, seat.visit, modelsOf(incidents.rows));
    return OverviewPage({ book, seat, counts, incidents: incidents.rows, names, proposals, timers, editions: current });
  });

  get("/incidents", RIGHTS, async (seat, request) => {
    const { after } = typedOf(request.query);
    const { rows, next } = await door.incidents({
      ...(seat.only !== undefined && { body: seat.only }),
      page: { limit: PAGE, ...(after && { after }) },
    });
    const names = await namesOf(book, seat.visit, modelsOf(rows));
    return IncidentsPage({ book, seat, rows, names, next: next && withQuery(pathOf(seat.visit, "incidents"), { after: next }) });
  });

  get("/timers", RIGHTS, async (seat, request) => {
    const by = typedOf(request.query).by === "hour" ? "hour" : "day";
    return TimersPage({ book, seat, by, rows: await door.timersDue({ by }) });
  });

  get("/load", RIGHTS, async (seat) =>
    LoadPage({ book, seat, lines: await door.load(seat.only === undefined ? {} : { body: seat.only }) }),
  );
}
