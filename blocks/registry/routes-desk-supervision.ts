import type { App } from "@kerege/kernel/http";
import type { Book } from "./pages/book.ts";
import { SupervisedAlarmPage, SupervisionPage } from "./pages/supervision.tsx";
import { typedOf } from "./pages/typed.ts";
import { needRight } from "./routes-desk-visit.ts";
import type { Ways } from "./routes-desk-work.ts";
import { param } from "./routes-pages-answer.ts";

const PAGE = 50;

/** Alarms over all bodies, for the body that a law charges with looking at how data are used. */
export function addSupervisionPages(app: App, book: Book, { page }: Pick<Ways, "page">): void {
  app.visits.place({ path: "/desk/supervision", key: "registry.desk.supervision.title", rights: ["registry.look-at-reads"] });

  page("/supervision", async (desk, request) => {
    needRight(desk, "look-at-reads");
    const { after, state, body } = typedOf(request.query);
    const acknowledged = state === "acknowledged";
    const asked = { acknowledged, limit: PAGE, ...(body && { owner: body }), ...(after && { after }) };
    const [bodies, rows] = await Promise.all([
      book.door.supervisedBodies(desk.actor),
      book.door.supervisedAlarms(desk.actor, asked),
    ]);
    return SupervisionPage({ book, desk, bodies, acknowledged, owner: body || undefined, ...rows });
  });

  page("/supervision/:owner/:id", async (desk, request) => {
    needRight(desk, "look-at-reads");
    const asked = { owner: param(request, "owner"), id: param(request, "id") };
    return SupervisedAlarmPage({ book, desk, alarm: await book.door.supervisedAlarm(desk.actor, asked) });
  });
}
