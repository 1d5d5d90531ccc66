import type { App, Reply, Request } from "@kerege/kernel/http";
import { sendPage } from "./answer.ts";
import { fieldsOf } from "./form.ts";
import { AnswerPage } from "./pages/answer.tsx";
import { CasePage } from "./pages/case.tsx";
import { FormPageView } from "./pages/form.tsx";
import { ReviewPage } from "./pages/review.tsx";
import { WithdrawPage } from "./pages/withdraw.tsx";
import type { PortalMeans } from "./portal.ts";
import { checkLanguage } from "./routes-public.ts";
import type { SignedIn } from "./visit.ts";

/** The way of one application: begin, pages of the form, review, hand in, follow. */
export function caseRoutes(app: App, { means, needs, reception }: PortalMeans): void {
  const { services } = needs;
  const offered = means.country.languages;
  type Handle = (person: SignedIn, request: Request, reply: Reply) => Promise<Reply>;
  const forPerson = (handle: Handle) => async (request: Request, reply: Reply) => {
    checkLanguage(request, offered);
    return handle(await reception.signedIn(request), request, reply);
  };
  const caseOf = (request: Request) => (request.params as { case: string }).case;
  const formPath = (language: string, id: string, page: string) => `/${language}/cases/${id}/form/${page}`;

  app.post(
    "/:language/services/:service/start",
    forPerson(async ({ actor, visit }, request, reply) => {
      const { service } = request.params as { service: string };
      const begun = await services.begin(actor, { service, language: visit.language });
      return reply.redirect(
        begun.page === "" ? `/${visit.language}/cases/${begun.case}/review` : formPath(visit.language, begun.case, begun.page),
        303,
      );
    }),
  );

  app.get(
    "/:language/cases/:case/form/:page",
    forPerson(async ({ actor, visit }, request, reply) => {
      const { page } = request.params as { page: string };
      const form = await services.page(actor, { case: caseOf(request), page, language: visit.language });
      return sendPage(request, reply, FormPageView({ visit, form }));
    }),
  );

  app.post(
    "/:language/cases/:case/form/:page",
    forPerson(async ({ actor, visit }, request, reply) => {
      const { page } = request.params as { page: string };
      const id = caseOf(request);
      const result = await services.answer(actor, { case: id, page, language: visit.language, answers: fieldsOf(request.body) });
      if (result.kind === "again") {
        const status = result.page.errors.length > 0 ? 422 : 200;
        return sendPage(request, reply.code(status), FormPageView({ visit, form: result.page }));
      }
      return reply.redirect(
        result.kind === "review" ? `/${visit.language}/cases/${id}/review` : formPath(visit.language, id, result.page),
        303,
      );
    }),
  );

  app.get(
    "/:language/cases/:case/review",
    forPerson(async ({ actor, visit }, request, reply) => {
      const review = await services.review(actor, { case: caseOf(request), language: visit.language });
      return sendPage(request, reply, ReviewPage({ visit, review }));
    }),
  );

  app.post(
    "/:language/cases/:case/submit",
    forPerson(async ({ actor, visit }, request, reply) => {
      const id = caseOf(request);
      const result = await services.submit(actor, { case: id, language: visit.language });
      if (result.kind === "again") return sendPage(request, reply.code(422), FormPageView({ visit, form: result.page }));
      return reply.redirect(`/${visit.language}/cases/${id}`, 303);
    }),
  );

  app.get(
    "/:language/cases/:case",
    forPerson(async ({ actor, visit }, request, reply) => {
      const view = await services.view(actor, { case: caseOf(request), language: visit.language });
      return sendPage(request, reply, CasePage({ visit, view, timeZone: means.country.timeZone }));
    }),
  );

  app.get(
    "/:language/cases/:case/question",
    forPerson(async ({ actor, visit }, request, reply) => {
      const question = await services.question(actor, { case: caseOf(request), language: visit.language });
      return sendPage(request, reply, AnswerPage({ visit, question, timeZone: means.country.timeZone }));
    }),
  );

  app.post(
    "/:language/cases/:case/question",
    forPerson(async ({ actor, visit }, request, reply) => {
      const id = caseOf(request);
      const { text = "", ...answers } = fieldsOf(request.body);
      const { language } = visit;
      const result = await services.answerQuestion(actor, { case: id, language, text: [text].flat().at(-1) ?? "", answers });
      if (result.kind === "answered") return reply.redirect(`/${language}/cases/${id}`, 303);
      const { timeZone } = means.country;
      return sendPage(request, reply.code(422), AnswerPage({ visit, question: result.question, timeZone }));
    }),
  );

  app.get(
    "/:language/cases/:case/withdraw",
    forPerson(async ({ actor, visit }, request, reply) => {
      const view = await services.view(actor, { case: caseOf(request), language: visit.language });
      return sendPage(request, reply, WithdrawPage({ visit, view }));
    }),
  );

  app.post(
    "/:language/cases/:case/withdraw",
    forPerson(async ({ actor, visit }, request, reply) => {
      await services.withdraw(actor, { case: caseOf(request) });
      return reply.redirect(`/${visit.language}/cabinet`, 303);
    }),
  );
}
