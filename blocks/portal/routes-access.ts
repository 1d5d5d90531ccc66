import { type Decision, type Deed, decide, whoms } from "@kerege/identity";
import type { Actor } from "@kerege/kernel/actor";
import { type ApiCall, describeApi, type Parameters, querySchema } from "@kerege/kernel/api";
import { type App, languageOf, type Reply, type Request } from "@kerege/kernel/http";
import { type Language, languages, type Multilingual } from "@kerege/kernel/locale";
import type { Visit } from "@kerege/kernel/page";
import { kernelProblem, Problem } from "@kerege/kernel/problem";
import { compileSchema } from "@kerege/kernel/schema";
import type { Explanation } from "@kerege/registry";
import { sendPage } from "./answer.ts";
import { AccessPage, ExplainPage, whomText } from "./pages/access.tsx";
import type { PortalMeans } from "./portal.ts";
import { checkLanguage } from "./routes-public.ts";

const API = "/api/access/v1";
/** Reading a register, as the place that decides knows it: a ground says the rest. */
const reading: Deed = { name: "registry.read", by: ["person", "official", "system"], for: whoms };
/** A reader of no body, whom only grounds open to anyone let in. */
const ANYONE: Actor = { kind: "system", body: "", name: "anyone" };
const name = { type: "string", pattern: "^[a-z][a-z0-9_-]{0,62}$" };
const parameters: Parameters = {
  path: {},
  query: {
    service: { schema: name, description: "May I apply for this service?" },
    register: { schema: name, description: "May I read this register …" },
    ground: { schema: name, description: "… on this ground?" },
  },
};
const call = {
  id: "explainAccess",
  path: "/explain",
  summary: "Whether whoever asks may do something, why, and what would change it. Nothing is read or begun",
  query: ["service", "register", "ground"],
  answer: "Decision",
  validated: false,
} satisfies ApiCall;
const texts = {
  type: "object",
  required: [...languages],
  properties: Object.fromEntries(languages.map((one) => [one, { type: "string" }])),
};
const answerSchema = {
  type: "object",
  required: ["allowed", "why", "what", "words"],
  properties: {
    allowed: { type: "boolean" },
    why: { type: "string", description: "One word, stable" },
    what: { type: "string", description: "What it is about: a level, a right, a field" },
    words: texts,
    change: texts,
  },
};

/** An answer with its words. */
interface Answered {
  allowed: boolean;
  why: string;
  what: string;
  words: Multilingual;
  change?: Multilingual;
  law?: Explanation["law"];
  purpose?: Multilingual;
}

/** Who may do what, printed as a table, and each answer explained to whoever asks (M-A4). */
export function accessRoutes(app: App, { means, needs, reception }: PortalMeans): void {
  const { services, registry, reference, identity } = needs;
  const offered = means.country.languages;
  const check = compileSchema(querySchema(call.query, parameters));
  const inAll = (key: string, values: Record<string, string> = {}) =>
    Object.fromEntries(languages.map((language) => [language, means.texts.translate(language, key, values)])) as Multilingual;

  /** Whoever asks; a mandate that does not stand is part of the answer and no failure. */
  const askerOf = async (request: Request): Promise<{ actor: Actor | undefined; fallen?: Decision }> => {
    try {
      const actor = await app.askers.of(request);
      if (actor) return { actor };
      // Who is signed in, but not surely enough for the registers, is told that, and not that nobody is there.
      const { session } = await reception.visitor(request);
      return { actor: session && identity.aloneAt(session) };
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "identity.mandate-ended") throw error;
      return { actor: undefined, fallen: { allowed: false, why: "fallen", what: String(error.params.why) } };
    }
  };
  const worded = (decision: Decision): Answered =>
    decision.allowed
      ? { allowed: true, why: decision.as, what: "", words: inAll(`identity.access.allowed.${decision.as}`) }
      : {
          ...decision,
          words: inAll(`identity.access.refused.${decision.why}`, { what: decision.what }),
          change: inAll(`identity.access.change.${decision.why}`),
        };
  const ofReading = (actor: Actor | undefined, asked: { register: string; ground: string }): Answered => {
    const ground = registry.grounds().find((one) => one.ground === asked.ground);
    const fields = ground?.reads[asked.register] ?? [];
    const said = registry.explain(actor ?? ANYONE, { ...asked, fields });
    const on = { demo: identity.demo, ground: said, ...(actor?.kind === "official" && { post: { held: true, rights: [] } }) };
    const answer = worded(decide(actor, reading, { on }));
    // The registers say in their own words what a ground does not allow.
    const words = answer.allowed || answer.why === "ground" ? said.words : answer.words;
    return { ...answer, words, ...(said.law && { law: said.law }), ...(said.purpose && { purpose: said.purpose }) };
  };

  const answerTo = async (request: Request): Promise<Answered & { about: Multilingual }> => {
    const [fault] = check(request.query);
    const { service, register, ground } = request.query as Record<string, string | undefined>;
    if (fault || (service === undefined) === (register === undefined) || (register === undefined) !== (ground === undefined))
      throw kernelProblem("invalid-input", {
        fields: [{ pointer: `/${fault?.path.join("/") ?? "service"}`, key: "kernel.fields.wrong" }],
      });
    const { actor, fallen } = await askerOf(request);
    if (service !== undefined)
      return { ...worded(fallen ?? services.explain(actor, service)), about: services.passport(service).title };
    const about = registry.registers().find((one) => one.register === register)?.title;
    if (!about) throw kernelProblem("not-found");
    const asked = { register: register!, ground: ground! };
    return { ...(fallen ? worded(fallen) : ofReading(actor, asked)), about };
  };

  app.get(`${API}/openapi.json`, async (_request, reply) => {
    reply.header("cache-control", "public, max-age=300");
    return describeApi({
      base: API,
      title: "Access",
      description: "Why something is allowed or refused.",
      calls: [call],
      parameters,
      schemas: { Decision: answerSchema },
      security: { client: { type: "http", scheme: "bearer" }, session: { type: "apiKey", in: "cookie", name: "session" } },
    });
  });
  app.get(`${API}/explain`, async (request, reply) => {
    const { about: _, ...answer } = await answerTo(request);
    return reply.header("cache-control", "private, no-store").send(answer);
  });

  const visitOf = async (request: Request): Promise<Visit> => {
    checkLanguage(request, offered);
    const language: Language = languageOf(request, offered);
    const official = await app.askers.of(request, "official");
    return official ? app.visits.official(request, language) : (await reception.visitor(request)).visit;
  };

  app.get("/:language/access/explain", async (request: Request, reply: Reply) => {
    const visit = await visitOf(request);
    const { language, t } = visit;
    const { service } = request.query as { service?: string };
    const answer = await answerTo(request);
    const passport = service === undefined ? undefined : services.passport(service);
    const rows = [
      ...(passport ? [{ name: t("portal.access.columns.for"), value: whomText(visit, passport.for) }] : []),
      ...(passport
        ? [{ name: t("portal.access.columns.assurance"), value: t(`portal.access.level.${passport.assurance}`) }]
        : []),
      ...(answer.purpose ? [{ name: t("portal.access.purpose"), value: answer.purpose[language] }] : []),
      ...(answer.law
        ? [
            {
              name: t("portal.service.law"),
              value: t("portal.reads.law", { act: answer.law.act[language], article: answer.law.article }),
            },
          ]
        : []),
    ];
    const { allowed, words, change, about } = answer;
    const shown = { title: about[language], allowed, why: words[language], rows, ...(change && { change: change[language] }) };
    return sendPage(request, reply, ExplainPage({ visit, ...shown }));
  });

  app.get("/:language/access", async (request: Request, reply: Reply) => {
    const visit = await visitOf(request);
    const { language } = visit;
    const { actor, fallen } = await askerOf(request);
    const deeds = services
      .catalogue()
      .filter(({ online }) => online)
      .map((one) => ({
        name: one.service,
        href: `/${language}/access/explain?service=${one.service}`,
        title: one.title[language],
        for: one.for,
        assurance: one.assurance,
        decision: fallen ?? services.explain(actor, one.service),
      }));
    const registers = registry.registers().map((one) => ({
      href: `/${language}/registers/${one.register}/access`,
      title: one.title[language],
      text: reference.body(one.owner)?.name[language] ?? one.owner,
    }));
    const rights = actor?.kind === "official" ? (reference.post(actor.post)?.rights ?? []) : undefined;
    const shown = rights?.map((right) => ({ right, apart: apartFrom(right, language) }));
    return sendPage(request, reply, AccessPage({ visit, deeds, registers, ...(shown && { rights: shown }) }));
  });

  /** What a right is kept apart from, with the reason. */
  const apartFrom = (right: string, language: Language) =>
    reference.apart().flatMap(({ rights, why }) => {
      const other = rights.find((one) => one !== right);
      return rights.includes(right) ? [`${other}: ${why[language]}`] : [];
    });
}
