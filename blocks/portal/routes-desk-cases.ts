import { type AtDesk, createDeskReception } from "@kerege/identity";
import type { App, Reply, Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import { kernelProblem, Problem } from "@kerege/kernel/problem";
import { drawProcess, pathOf, readDrawings } from "@kerege/process";
import type { Verdict } from "@kerege/services";
import { sendPage } from "./answer.ts";
import { fieldsOf, one } from "./form.ts";
import { DeskCasePage, type TypedVerdict } from "./pages/desk-case.tsx";
import { deskCases, JumpPage, QueuePage } from "./pages/desk-cases.tsx";
import type { PortalMeans } from "./portal.ts";
import { checkLanguage } from "./routes-public.ts";

const DECIDE = "services.decide";
const OVERSEE = "services.oversee";
const NOTHING: TypedVerdict = { choice: "", ground: "", reason: "", question: "", fields: [] };
const SAID = ["granted", "refused", "asked", "released", "none"];
/** Beside which field a problem is shown. */
const BESIDE: Record<string, string> = {
  "services.ground-needed": "ground-1",
  "services.reason-needed": "reason",
  "services.question-needed": "question",
  "services.unmet-rules": "ground-1",
};
const DONE: Record<string, string> = { grant: "granted", refuse: "refused", ask: "asked", release: "released" };

/** The desk of cases: the queue, the case one has before him, the decision. */
export function deskCaseRoutes(app: App, { means, needs }: PortalMeans): void {
  const { languages, timeZone } = means.country;
  const { desk: cases } = needs.services;
  const desks = createDeskReception(app, { identity: needs.identity, languages, postOf: (code) => needs.reference.post(code) });
  app.visits.place({ path: "/desk/cases", key: "portal.desk-cases.title", rights: [DECIDE, OVERSEE] });

  const at = async (request: Request, ...rights: string[]): Promise<AtDesk> => {
    checkLanguage(request, languages);
    return desks.atDesk(request, ...(rights.length > 0 ? rights : [DECIDE]));
  };
  const idOf = (request: Request) => (request.params as { case: string }).case;
  const detailOf = ({ visit }: AtDesk, { code, params }: Problem) => {
    const [block, name] = code.split(".");
    return visit.t(`${block}.problems.${name}.title`, params);
  };

  /** The process as it is drawn with the way of the case; nothing where it cannot be read any more. */
  const drawingOf = async ({ visit }: AtDesk, id: string) => {
    const found = await needs.process.find(id);
    if (!found) return undefined;
    const [files, history] = await Promise.all([needs.process.files(found.model), needs.process.history(id)]);
    const [drawing] = await readDrawings(files["process.bpmn"] ?? "");
    if (!drawing) return undefined;
    const track = pathOf(
      history.flatMap(({ events }) => events),
      found.state,
    );
    const title = visit.t("portal.desk-cases.drawing");
    return drawProcess(drawing, { t: visit.t, title, nameOf: (_, name) => stepName(visit.language, name), ...track });
  };
  const stepName = (language: Language, name: string) => {
    const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    const key = `process.steps.${slug.replaceAll(/^-|-$/g, "")}`;
    return means.texts.has(key) ? means.texts.translate(language, key) : name;
  };
  const sendCard = async (
    desk: AtDesk,
    { request, reply }: { request: Request; reply: Reply },
    more: { typed: TypedVerdict; error?: { field: string; text: string } },
  ) => {
    const { actor, visit } = desk;
    const card = await cases.card(actor, { case: idOf(request), language: visit.language });
    const drawing = await drawingOf(desk, idOf(request));
    return sendPage(request, reply, DeskCasePage({ visit, card, timeZone, ...(drawing && { drawing }), ...more }));
  };

  app.get("/:language/desk/cases", async (request, reply) => {
    const { actor, visit, rights } = await at(request, DECIDE, OVERSEE);
    const queue = await cases.queue(actor, { language: visit.language });
    const said = SAID.find((known) => known === one(request.query, "said"));
    const mayDecide = rights.includes(DECIDE);
    return sendPage(request, reply, QueuePage({ visit, queue, mayDecide, timeZone, ...(said !== undefined && { said }) }));
  });

  app.post("/:language/desk/cases/next", async (request, reply) => {
    const { actor, visit } = await at(request);
    const id = await cases.next(actor);
    return reply.redirect(`${deskCases(visit)}${id === undefined ? "?said=none" : `/${id}`}`, 303);
  });

  app.get("/:language/desk/cases/:case", async (request, reply) =>
    sendCard(await at(request, DECIDE, OVERSEE), { request, reply }, { typed: NOTHING }),
  );

  app.post("/:language/desk/cases/:case", async (request, reply) => {
    const desk = await at(request);
    const typed = typedOf(request);
    const said = DONE[typed.choice];
    if (said === undefined) throw kernelProblem("bad-request");
    try {
      if (typed.choice === "release") await cases.release(desk.actor, { case: idOf(request) });
      else await cases.decide(desk.actor, { case: idOf(request), verdict: verdictOf(typed) });
    } catch (error) {
      const field = error instanceof Problem ? BESIDE[error.code] : undefined;
      if (!(error instanceof Problem) || field === undefined) throw error;
      return sendCard(desk, { request, reply: reply.code(422) }, { typed, error: { field, text: detailOf(desk, error) } });
    }
    return reply.redirect(`${deskCases(desk.visit)}?said=${said}`, 303);
  });

  app.get("/:language/desk/cases/:case/jump", async (request, reply) => {
    const { visit } = await at(request);
    return sendPage(request, reply, JumpPage({ visit, id: idOf(request) }));
  });

  app.post("/:language/desk/cases/:case/jump", async (request, reply) => {
    const desk = await at(request);
    const { actor, visit } = desk;
    try {
      await cases.jump(actor, { case: idOf(request), reason: one(request.body, "reason") });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "services.reason-needed") throw error;
      return sendPage(request, reply.code(422), JumpPage({ visit, id: idOf(request), error: detailOf(desk, error) }));
    }
    return reply.redirect(`${deskCases(visit)}/${idOf(request)}`, 303);
  });
}

function typedOf({ body }: Request): TypedVerdict {
  const { fields = [] } = fieldsOf(body);
  const text = (name: string) => one(body, name);
  return {
    ...{ choice: text("choice"), ground: text("ground"), reason: text("reason"), question: text("question") },
    fields: [fields].flat(),
  };
}

function verdictOf({ choice, ground, reason, question, fields }: TypedVerdict): Verdict {
  if (choice === "grant") return { choice };
  return choice === "ask" ? { choice, question, fields } : { choice: "refuse", ground, reason };
}
