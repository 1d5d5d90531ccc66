import { ACTING_COOKIE, type MandateScope } from "@kerege/identity";
import type { App, Reply, Request } from "@kerege/kernel/http";
import { readDayParts } from "@kerege/kernel/page";
import { kernelProblem, Problem } from "@kerege/kernel/problem";
import { compileSchema } from "@kerege/kernel/schema";
import { sendPage } from "./answer.ts";
import { type MandateTyped, NewMandatePage } from "./pages/mandate-new.tsx";
import { MandatePage, MandatesPage, type ScopeWords } from "./pages/mandates.tsx";
import type { PortalMeans } from "./portal.ts";
import { checkLanguage } from "./routes-public.ts";
import { type SignedIn, setCookie } from "./visit.ts";

const MOST_CASES = 10;
const text = (maxLength: number) => ({ type: "string", maxLength });
const closed = (properties: Record<string, object>, required: string[]) =>
  compileSchema({ type: "object", additionalProperties: false, required, properties });
/** What forms may hold. What is not named here is refused, not passed over: nobody adds a giver or a state of his own. */
const checks = {
  give: closed(
    {
      holder: text(40),
      kind: { enum: ["power-of-attorney", "accountant"] },
      scope: { type: "string", pattern: "^(all|service:[a-z0-9-]{1,61}|case:[0-9a-f-]{36})$" },
      "until.day": text(2),
      "until.month": text(2),
      "until.year": text(4),
      passes_on: { enum: ["yes"] },
    },
    ["holder", "scope"],
  ),
  answer: closed({ accept: { enum: ["yes", "no"] } }, ["accept"]),
  act: closed({ mandate: { type: "string", pattern: "^[0-9a-f-]{36}$" } }, ["mandate"]),
  nothing: closed({}, []),
};
type Fields = Record<string, string | undefined>;

/** Mandates in the cabinet: to see, give, answer and end them, and to choose for whom to act. */
export function mandateRoutes(app: App, { means, needs, reception, secure }: PortalMeans): void {
  const { identity, services } = needs;
  const offered = means.country.languages;
  const idOf = (request: Request) => (request.params as { id: string }).id;
  const read = (request: Request, check: (typeof checks)["give"]): Fields => {
    const body = { ...((request.body as object | null) ?? {}) };
    const [fault] = check(body);
    if (fault)
      throw kernelProblem("invalid-input", { fields: [{ pointer: `/${fault.path.join("/")}`, key: "kernel.fields.wrong" }] });
    return body as Fields;
  };
  type Handle = (person: SignedIn & { fallen?: boolean }, request: Request, reply: Reply) => Promise<Reply>;
  /** The person, or the company he directs; by any other mandate nothing is said over mandates. */
  const oneself = (handle: Handle) => async (request: Request, reply: Reply) => {
    checkLanguage(request, offered);
    const alone = await reception.alone(request);
    const at = await identity.personAt(request, alone.session).catch((error: unknown) => {
      if (error instanceof Problem) return undefined;
      throw error;
    });
    const actor = at?.actor.behalf?.kind === "director" ? at.actor : alone.actor;
    return handle({ ...alone, actor, fallen: at === undefined }, request, reply);
  };
  const wordsIn = ({ actor, visit }: SignedIn): Promise<ScopeWords> => wordsOf(services, { actor, language: visit.language });

  app.get(
    "/:language/cabinet/mandates",
    oneself(async (person, request, reply) => {
      const { actor, visit, session } = person;
      const [lists, words] = [await identity.mandates.list(actor, session.name), await wordsIn(person)];
      const at = await identity.personAt(request, session).catch(() => undefined);
      const company = actor.behalf !== undefined;
      const acting = at?.actor.behalf?.mandate;
      const mayGive = company || acting === undefined || lists.held.some((one) => one.id === acting && one.passesOn);
      const shown = { visit, words, ...lists, company, mayGive, ...(acting && { acting }) };
      return sendPage(request, reply, MandatesPage({ ...shown, ...(person.fallen && { fallen: true }) }));
    }),
  );

  app.get(
    "/:language/cabinet/mandates/:id",
    oneself(async (person, request, reply) => {
      const found = await identity.mandates.read(person.actor, idOf(request));
      const { timeZone } = means.country;
      return sendPage(request, reply, MandatePage({ visit: person.visit, ...found, words: await wordsIn(person), timeZone }));
    }),
  );

  app.post(
    "/:language/cabinet/mandates/:id/answer",
    oneself(async ({ visit, session }, request, reply) => {
      await identity.mandates.read(identity.aloneAt(session), idOf(request));
      const accept = read(request, checks.answer).accept === "yes";
      await identity.mandates.answer(identity.aloneAt(session), { id: idOf(request), name: session.name, accept });
      return reply.redirect(`/${visit.language}/cabinet/mandates`, 303);
    }),
  );

  app.post(
    "/:language/cabinet/mandates/:id/end",
    oneself(async ({ actor, visit }, request, reply) => {
      await identity.mandates.read(actor, idOf(request));
      read(request, checks.nothing);
      await identity.mandates.end(actor, idOf(request));
      return reply.redirect(`/${visit.language}/cabinet/mandates`, 303);
    }),
  );

  app.post("/:language/cabinet/acting", async (request, reply) => {
    checkLanguage(request, offered);
    const { visit, session } = await reception.alone(request);
    const { mandate } = read(request, checks.act);
    const value = await identity.choose(session, mandate!);
    setCookie(reply, { name: ACTING_COOKIE, value, secure });
    return reply.redirect(`/${visit.language}/cabinet`, 303);
  });

  app.post("/:language/cabinet/acting/end", async (request, reply) => {
    checkLanguage(request, offered);
    const { visit } = await reception.visitor(request);
    return reply.clearCookie(ACTING_COOKIE, { path: "/" }).redirect(`/${visit.language}/cabinet`, 303);
  });

  const drawNew = async ({ actor, visit }: SignedIn, given: { typed: MandateTyped; refused?: Problem }) => {
    const { language, t } = visit;
    const cases = await services.mine(actor, { language, limit: MOST_CASES });
    const scopes = [
      { value: "all", label: t("portal.mandates.scope.all"), hint: t("portal.mandates.scope.all-hint") },
      ...services
        .catalogue()
        .filter(({ online }) => online)
        .map(({ service, title }) => ({
          value: `service:${service}`,
          label: t("portal.mandates.scope.service", { name: title[language] }),
        })),
      ...cases.rows.map((one) => ({
        value: `case:${one.case}`,
        label: t("portal.mandates.scope.case", { name: one.number ?? one.serviceTitle }),
        hint: one.serviceTitle,
      })),
    ];
    // A company's first mandate is mostly that of its accountant.
    const kinds = actor.behalf?.of === "company" ? ["accountant", "power-of-attorney"] : ["power-of-attorney"];
    const mayPassOn = actor.behalf === undefined || actor.behalf.kind === "director";
    return NewMandatePage({ visit, scopes, kinds, mayPassOn, ...given });
  };

  /** Whoever holds a mandate that may be handed on gives another; whoever acts for nobody gives his own. */
  const giver = (handle: Handle) => async (request: Request, reply: Reply) => {
    checkLanguage(request, offered);
    return handle(await reception.signedIn(request), request, reply);
  };
  app.get(
    "/:language/cabinet/mandates/new",
    giver(async (person, request, reply) => {
      const until = { day: "", month: "", year: "" };
      const kind = person.actor.behalf?.of === "company" ? "accountant" : "power-of-attorney";
      const typed = { holder: "", kind, scope: "all", until, passes_on: "" };
      return sendPage(request, reply, await drawNew(person, { typed }));
    }),
  );
  app.post(
    "/:language/cabinet/mandates/new",
    giver(async (person, request, reply) => {
      const { actor, visit, session } = person;
      const fields = read(request, checks.give);
      const typed = typedOf(fields);
      const { language } = visit;
      const acting = (await identity.personAt(request, session)).acting;
      const { name } = session;
      try {
        await identity.mandates.give(actor, {
          kind: typed.kind === "accountant" ? "accountant" : "power-of-attorney",
          holder: typed.holder.replaceAll(/\s/g, ""),
          scope: await scopeOf(services, { person, text: typed.scope }),
          until: dayFrom(typed.until),
          passesOn: typed.passes_on === "yes",
          name: acting ?? { ky: name, ru: name, kk: name, en: name },
        });
      } catch (error) {
        if (!(error instanceof Problem) || error.fields.length === 0) throw error;
        return sendPage(request, reply.code(error.status), await drawNew(person, { typed, refused: error }));
      }
      return reply.redirect(`/${language}/cabinet/mandates`, 303);
    }),
  );
}

type Services = PortalMeans["needs"]["services"];

function typedOf(fields: Fields): MandateTyped {
  const until = { day: fields["until.day"] ?? "", month: fields["until.month"] ?? "", year: fields["until.year"] ?? "" };
  const { holder = "", kind = "power-of-attorney", scope = "", passes_on = "" } = fields;
  return { holder, kind, scope, until, passes_on };
}

/** Nothing where none is filled in. @throws {Problem} where it is no day */
function dayFrom(parts: MandateTyped["until"]): string | null {
  const day = readDayParts(parts);
  if (day === undefined)
    throw kernelProblem("invalid-input", { fields: [{ pointer: "/until", key: "services.errors.not-a-day" }] });
  return day;
}

/** What is written in the form, where it is the giver's own. @throws {Problem} `services.no-such-service`, `services.no-such-case` */
async function scopeOf(services: Services, { person, text: given }: { person: SignedIn; text: string }): Promise<MandateScope> {
  const [kind, name = ""] = given.split(":", 2);
  if (kind === "service") return { service: services.passport(name).service };
  if (kind !== "case") return { all: true };
  return { case: (await services.view(person.actor, { case: name, language: person.visit.language })).case };
}

/** How services and cases are called in lists of mandates. */
async function wordsOf(
  services: Services,
  { actor, language }: Pick<SignedIn, "actor"> & { language: SignedIn["visit"]["language"] },
): Promise<ScopeWords> {
  const titles = new Map(services.catalogue().map((one) => [one.service, one.title[language]]));
  const { rows } = await services.mine(actor, { language, limit: 100 });
  const numbers = new Map(rows.map((one) => [one.case, one.number ?? one.serviceTitle]));
  return { service: (id) => titles.get(id) ?? id, case: (id) => numbers.get(id) ?? "" };
}
