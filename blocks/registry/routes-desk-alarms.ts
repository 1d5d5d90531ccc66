import { AlarmPage, AlarmsPage } from "./pages/alarms.tsx";
import type { Book } from "./pages/book.ts";
import { asRefusal } from "./pages/frame.tsx";
import { typedOf } from "./pages/typed.ts";
import { needRight } from "./routes-desk-visit.ts";
import type { Ways } from "./routes-desk-work.ts";
import { param, sendOwn } from "./routes-pages-answer.ts";

const PAGE = 50;

/** What a body must look at: many reads, reads for danger to life, entries that differ from the log. */
export function addAlarmPages(book: Book, { page, post }: Ways): void {
  page("/alarms", async (desk, request) => {
    needRight(desk, "acknowledge");
    const { after, state } = typedOf(request.query);
    const acknowledged = state === "acknowledged";
    const rows = await book.door.alarms(desk.actor, { acknowledged, limit: PAGE, ...(after && { after }) });
    return AlarmsPage({ book, desk, acknowledged, ...rows });
  });

  page("/alarms/:id", async (desk, request) => {
    needRight(desk, "acknowledge");
    return AlarmPage({ book, desk, alarm: await book.door.readAlarm(desk.actor, { id: param(request, "id") }), typed: {} });
  });

  post("/alarms/:id", async (desk, request, reply) => {
    needRight(desk, "acknowledge");
    const typed = typedOf(request.body);
    const id = param(request, "id");
    try {
      await book.door.acknowledgeAlarm(desk.actor, { id, remark: typed.remark ?? "" });
    } catch (error) {
      const refused = asRefusal(error);
      if (refused.status === 404) throw error;
      const alarm = await book.door.readAlarm(desk.actor, { id });
      return sendOwn(request, reply.code(refused.status), AlarmPage({ book, desk, alarm, typed, refused }));
    }
    return reply.redirect(`/${desk.visit.language}/desk/alarms/${id}`, 303);
  });
}
