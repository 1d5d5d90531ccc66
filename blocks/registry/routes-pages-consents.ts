import type { Actor } from "@kerege/kernel/actor";
import type { App, Reply, Request } from "@kerege/kernel/http";
import { readDayParts, type Visit } from "@kerege/kernel/page";
import { kernelProblem, Problem } from "@kerege/kernel/problem";
import { compileSchema } from "@kerege/kernel/schema";
import type { Book } from "./pages/book.ts";
import { ConsentPage, ConsentRequestPage, ConsentsPage, type NewConsent, NewConsentPage } from "./pages/consents.tsx";
import { problem } from "./problems.ts";
import { languageIn, param, sendOwn } from "./routes-pages-answer.ts";

const text = (maxLength: number) => ({ type: "string", maxLength });
const closed = (properties: Record<string, object>, required: string[]) =>
  compileSchema({ type: "object", additionalProperties: false, required, properties });
/** What the forms may hold, and nothing else. */
const checks = {
  answer: closed({ agree: { enum: ["yes", "no"] } }, ["agree"]),
  give: closed({ choice: text(200), "until.day": text(2), "until.month": text(2), "until.year": text(4) }, []),
  nothing: closed({}, []),
};
type Fields = Record<string, string | undefined>;

interface Asker {
  visit: Visit;
  actor: Extract<Actor, { kind: "person" }>;
}

/** Consents in the cabinet: what is asked, what stands; to give, to answer, to take back. */
export function addConsentPages(app: App, book: Book): void {
  const { door } = book;
  type Handle = (asker: Asker, request: Request, reply: Reply) => Promise<Reply>;
  const own = (handle: Handle) => async (request: Request, reply: Reply) => {
    const language = languageIn(request, book.means.country.languages);
    const actor = await app.askers.need(request, "person");
    return handle({ actor, visit: await app.visits.visitor(request, language) }, request, reply);
  };
  const list = ({ language }: Visit) => `/${language}/cabinet/consents`;

  app.get(
    "/:language/cabinet/consents",
    own(async ({ actor, visit }, request, reply) => {
      const [requests, consents] = await Promise.all([door.consentRequests(actor), door.consents(actor)]);
      return sendOwn(request, reply, ConsentsPage({ book, visit, requests, consents }));
    }),
  );

  app.get(
    "/:language/cabinet/consents/requests/:id",
    own(async ({ actor, visit }, request, reply) => {
      const asked = await door.consentRequest(actor, param(request, "id"));
      return sendOwn(request, reply, ConsentRequestPage({ book, visit, asked }));
    }),
  );
  app.post(
    "/:language/cabinet/consents/requests/:id",
    own(async ({ actor, visit }, request, reply) => {
      const { id } = await door.consentRequest(actor, param(request, "id"));
      const { agree } = read(request, checks.answer);
      await door.answerConsent(actor, { id, agree: agree === "yes" });
      return reply.redirect(list(visit), 303);
    }),
  );

  app.get(
    "/:language/cabinet/consents/:id",
    own(async ({ actor, visit }, request, reply) => {
      const consent = (await door.consents(actor)).find((one) => one.id === param(request, "id"));
      if (!consent) throw problem("not-found");
      return sendOwn(request, reply, ConsentPage({ book, visit, consent }));
    }),
  );
  app.post(
    "/:language/cabinet/consents/:id/withdraw",
    own(async ({ actor, visit }, request, reply) => {
      read(request, checks.nothing);
      await door.withdrawConsent(actor, { id: param(request, "id") });
      return reply.redirect(list(visit), 303);
    }),
  );

  const choicesIn = ({ language }: Visit) =>
    door
      .grounds()
      .filter((ground) => ground.consent)
      .flatMap((ground) => {
        const parties = book.agreements.filter((one) => ground.readers.agreements?.includes(one.agreement));
        const readers = [...(ground.readers.bodies ?? []), ...parties.flatMap((one) => one.parties)];
        return [...new Set(readers)].map((reader) => ({
          value: `${ground.ground} ${reader}`,
          label: `${book.bodyName(reader, language)}: ${ground.title[language]}`,
          hint: ground.purpose[language],
        }));
      });
  app.get(
    "/:language/cabinet/consents/new",
    own(async ({ visit }, request, reply) => {
      const typed = { choice: "", until: { day: "", month: "", year: "" } };
      return sendOwn(request, reply, NewConsentPage({ book, visit, choices: choicesIn(visit), typed }));
    }),
  );
  app.post(
    "/:language/cabinet/consents/new",
    own(async ({ actor, visit }, request, reply) => {
      const fields = read(request, checks.give);
      const until = { day: fields["until.day"] ?? "", month: fields["until.month"] ?? "", year: fields["until.year"] ?? "" };
      const typed: NewConsent = { choice: fields.choice ?? "", until };
      const choices = choicesIn(visit);
      try {
        if (!choices.some(({ value }) => value === typed.choice)) throw fault("/choice", "registry.fields.required");
        const [ground = "", reader = ""] = typed.choice.split(" ");
        const day = readDayParts(until);
        if (day === undefined) throw fault("/until", "registry.fields.not-date");
        await door.giveConsent(actor, { ground, reader, ...(day !== null && { until: day }) });
      } catch (error) {
        if (!(error instanceof Problem) || error.fields.length === 0) throw error;
        return sendOwn(request, reply.code(error.status), NewConsentPage({ book, visit, choices, typed, refused: error }));
      }
      return reply.redirect(list(visit), 303);
    }),
  );
}

function read(request: Request, check: (typeof checks)["answer"]): Fields {
  const body = { ...((request.body as object | null) ?? {}) };
  const [wrong] = check(body);
  if (wrong)
    throw kernelProblem("invalid-input", { fields: [{ pointer: `/${wrong.path.join("/")}`, key: "kernel.fields.wrong" }] });
  return body as Fields;
}

function fault(pointer: string, key: string): Problem {
  return problem("wrong-value", { params: { register: "" }, fields: [{ pointer, key }] });
}
