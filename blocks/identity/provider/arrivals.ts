import { ServerResponse } from "node:http";
import { type App, LANGUAGE_COOKIE, languageOf, type Reply, type Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import { renderPage } from "@kerege/kernel/page";
import { kernelProblem } from "@kerege/kernel/problem";
import type Provider from "oidc-provider";
import type { Arrival, Arrivals, Login } from "../login.ts";
import { problem } from "../problems.ts";
import { deskPrograms } from "./desk-arrivals.ts";
import { isEnough, wantedLevel } from "./levels.ts";
import { MOUNT } from "./mount.ts";
import { Consent, Said } from "./pages/screens.tsx";
import { one, safeReturn } from "./paths.ts";
import type { Program, Scope } from "./program.ts";
import type { Programs } from "./programs.ts";
import type { createRelying } from "./relying.ts";

type Question = Awaited<ReturnType<Provider["interactionDetails"]>>;

export interface ArrivalMeans {
  provider(): Provider;
  programs: Programs;
  relying: ReturnType<typeof createRelying>;
  issuer: string;
  languages: Language[];
  demo: boolean;
  now(): Date;
  bodyName(code: string, language: Language): string;
  /** Name of a program as people read it. */
  programName(program: Pick<Program, "id" | "name">, language: Language): string;
  /** The account of a person, which programs never see as it is. */
  remember(login: Login): Promise<string>;
  subject(id: string): Promise<{ pin: string; name: string } | undefined>;
  /** Ends a session at the provider and everything that hangs on it. */
  endSession(uid: string): Promise<void>;
  /** Opens the session at the provider of somebody whom no program sent there. */
  direct(request: Request, reply: Reply, login: Login): Promise<string>;
}

/** What stands between the sign-in pages and the programs that send people there. */
export function createArrivals(app: App, means: ArrivalMeans): Arrivals {
  const languageIn = (request: Request) => languageOf(request, means.languages);
  const uidOf = (request: Request) => one(request.query, "interaction") || one(request.body, "interaction");

  /** The question of this browser: the uid in the address says which, the signed cookie that it is this browser's. */
  const questionOf = async (request: Request, uid: string): Promise<Question> => {
    const question = await means
      .provider()
      .interactionDetails(request.raw, new ServerResponse(request.raw))
      .catch((cause: unknown) => {
        if (cause instanceof Error && cause.name === "SessionNotFound") throw problem("sign-in-gone", { cause });
        throw cause;
      });
    if (question.uid !== uid) throw problem("sign-in-gone");
    return question;
  };
  const programOf = (question: Question) => means.programs.find(String(question.params.client_id));

  const settle = async (question: Question, result: Question["result"]): Promise<string> => {
    question.result = result;
    await question.save(question.exp - Math.floor(Date.now() / 1000));
    const { pathname, search } = new URL(question.returnTo);
    return `${pathname}${search}`;
  };

  /**
   * Leads on. From a form the browser goes no further than this house (form-action of our policy), so where a program waits
   * elsewhere the way there begins with a page.
   */
  const leave = (request: Request, reply: Reply, given: { path: string; program: Program | undefined }): Reply => {
    if (!given.program || given.program.profile === "portal") return reply.redirect(given.path, 303);
    const language = languageIn(request);
    const visit = app.visits.of(request, { language });
    const { name } = given.program;
    const page = Said({
      visit: { ...visit, path: `/${language}` },
      title: visit.t("identity.provider.leaving.title", { name }),
      lead: visit.t("identity.provider.leaving.lead"),
      on: { href: given.path, text: visit.t("identity.provider.go-on") },
    });
    return reply
      .header("refresh", `0;url=${given.path}`)
      .header("cache-control", "no-store")
      .type("text/html; charset=utf-8")
      .send(renderPage(page));
  };

  const of = async (
    request: Request,
    given: { answered?: boolean } = {},
  ): Promise<Arrival & { question?: Question; program?: Program }> => {
    const language = languageIn(request);
    const uid = uidOf(request);
    if (uid === "") {
      const back = one(request.query, "return") || one(request.body, "return");
      return { back: safeReturn(back, `/${language}/cabinet`), language };
    }
    const question = await questionOf(request, uid);
    if (question.result && !given.answered) throw problem("sign-in-gone");
    const program = await programOf(question);
    const wanted = wantedLevel(question.params.acr_values as string | undefined);
    const stepUp = question.prompt.reasons.includes("level") && question.session?.accountId;
    const hint = question.params.login_hint as string | undefined;
    const known = stepUp ? await means.subject(stepUp) : undefined;
    return {
      ...(program && program.id !== "portal" && { client: means.programName(program, language) }),
      ...(program && deskPrograms.some((id) => id === program.id) && { officials: true }),
      ...(wanted && { wanted }),
      back: `/${language}/cabinet`,
      language,
      interaction: uid,
      ...(hint && { hint: hint.slice(0, 100) }),
      ...(known && { pin: known.pin }),
      question,
      ...(program && { program }),
    };
  };

  consentRoutes();
  return {
    async of(request) {
      const { question: _, program: __, ...arrival } = await of(request);
      return arrival;
    },
    async begin(request, reply, asked) {
      return means.relying.begin(request, reply, asked);
    },
    async finish(request, reply, login) {
      if (login.assurance === "demo" && !means.demo) throw problem("not-a-demo");
      const { question, program, wanted, pin, back } = await of(request, { answered: true });
      if (!isEnough(login.assurance, { wanted, demo: means.demo })) throw problem("not-enough");
      if (!question) {
        const providerSession = await means.direct(request, reply, login);
        await means.relying.enter(request, reply, { login, providerSession });
        return reply.redirect(back, 303);
      }
      // Whoever has to show more is the one who signed in: another person's factor must not lift this session.
      if (pin !== undefined && pin !== login.pin) throw problem("another-person");
      const accountId = await means.remember(login);
      // Pressed twice: the same answer leads on once more; another one comes too late.
      if (question.result && question.result.login?.accountId !== accountId) throw problem("sign-in-gone");
      const { session } = question;
      if (session?.accountId && session.accountId !== accountId) {
        await means.endSession(session.uid);
        question.session = undefined;
      }
      const ts = Math.floor(login.at.getTime() / 1000);
      const result = { login: { accountId, acr: login.assurance, amr: login.methods, ts, remember: true } };
      return leave(request, reply, { path: await settle(question, result), program });
    },
    async refuse(request, reply) {
      const { question, program, language } = await of(request);
      if (!question) return reply.redirect(`/${language}`, 303);
      const path = await settle(question, { error: "access_denied", error_description: "the person does not want to" });
      return leave(request, reply, { path, program });
    },
  };

  function consentRoutes(): void {
    // The address of the first step in a language; the step itself chooses by the cookie of the language or by the browser.
    app.get("/:language/device", async (request, reply) => {
      const { language } = request.params as { language: Language };
      if (!means.languages.includes(language)) throw kernelProblem("not-found");
      reply.setCookie(LANGUAGE_COOKIE, language, { path: "/", sameSite: "lax", maxAge: 31_536_000 });
      return reply.redirect(`${MOUNT}/device`, 303);
    });

    app.get("/:language/sign-in/consent", async (request, reply) => {
      const { question, program, language } = await of(request);
      if (!question || !program || question.prompt.name !== "consent") throw problem("sign-in-gone");
      const subject = question.session?.accountId ? await means.subject(question.session.accountId) : undefined;
      if (!subject) throw problem("sign-in-gone");
      const page = Consent({
        visit: { ...app.visits.of(request, { language }), path: request.url },
        name: program.name,
        body: means.bodyName(program.body, language),
        scopes: missingScopes(question),
        person: subject.name,
        action: `/${language}/sign-in/consent?interaction=${encodeURIComponent(question.uid)}`,
      });
      return reply.header("cache-control", "private, no-store").type("text/html; charset=utf-8").send(renderPage(page));
    });

    app.post("/:language/sign-in/consent", async (request, reply) => {
      const { question, program } = await of(request);
      if (!question || !program || question.prompt.name !== "consent" || !question.session?.accountId)
        throw problem("sign-in-gone");
      if (one(request.body, "answer") !== "yes") {
        const path = await settle(question, { error: "access_denied", error_description: "the person does not want to" });
        return leave(request, reply, { path, program });
      }
      const { Grant } = means.provider();
      const kept = question.grantId ? await Grant.find(question.grantId) : undefined;
      const grant = kept ?? new Grant({ accountId: question.session.accountId, clientId: program.id });
      grant.addOIDCScope(missingScopes(question).join(" "));
      const result = { ...question.lastSubmission, consent: { grantId: await grant.save() } };
      return leave(request, reply, { path: await settle(question, result), program });
    });
  }
}

function missingScopes(question: Question): Scope[] {
  return (question.prompt.details.missingOIDCScope ?? []) as Scope[];
}
