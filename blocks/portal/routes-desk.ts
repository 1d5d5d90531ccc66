import { createDeskReception, DESK_COOKIE, type Session, seesRegisters, wrongPost } from "@kerege/identity";
import { dayOf } from "@kerege/kernel/clock";
import type { App } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import { sendPage } from "./answer.ts";
import { one } from "./form.ts";
import { DeskSignIn, type OfficialCard } from "./pages/desk-sign-in.tsx";
import type { PortalMeans } from "./portal.ts";
import { checkLanguage } from "./routes-public.ts";
import { safeReturn, setCookie } from "./visit.ts";

/** Where officials come to their desks. In a demo country anyone may sit down at any of them; elsewhere that route is not there. */
export function deskRoutes(app: App, { means, needs, reception, secure }: PortalMeans): void {
  const { identity, reference } = needs;
  const { languages, timeZone } = means.country;
  const desks = createDeskReception(app, { identity, languages, postOf: (code) => reference.post(code) });
  app.visits.greetOfficial = async (request) => (await desks.deskOf(request))?.visit.person;
  const home = (language: string) => `/${language}/desk/sign-in`;
  const work = (language: string) => `/${language}/desk/registers`;
  const today = () => dayOf(means.clock.now(), timeZone);
  const nameOf = ({ surname, given, patronymic }: { surname: string; given: string; patronymic?: string }) =>
    [surname, given, patronymic].filter(Boolean).join(" ");

  app.get("/:language/desk/sign-in", async (request, reply) => {
    checkLanguage(request, languages);
    // Whose term is over gets to another desk from here, and not a page that only says so.
    const desk = await desks.deskOf(request).catch(() => undefined);
    const person = await reception.visitor(request);
    const { visit } = desk ?? person;
    const { language } = visit;
    const holders = identity.demo ? await reference.officials({ on: today() }) : [];
    const cards = holders.map(
      (holder): OfficialCard => ({
        post: holder.post,
        body: holder.body,
        name: nameOf(holder.name),
        title: reference.post(holder.post)!.name[language],
      }),
    );
    const bodies = reference.bodies().flatMap(({ code, name }) => {
      const officials = cards.filter((card) => card.body === code);
      return officials.length === 0 ? [] : [{ code, name: name[language], officials }];
    });
    const back = safeReturn(one(request.query, "return"), work(language));
    const held = await postsOf(person.session);
    const posts = held.map((holder) => ({
      post: holder.post,
      title: reference.post(holder.post)!.name[language],
      body: reference.body(holder.body)?.name[language] ?? holder.body,
    }));
    const at = desk?.post.name[language];
    return sendPage(
      request,
      reply,
      DeskSignIn({ visit, bodies, posts, signedIn: person.session !== undefined, back, demo: identity.demo, at }),
    );
  });

  /** Posts that whoever is signed in holds today. A name chosen from a list proves nothing. */
  const postsOf = async (session: Session | undefined) => {
    const official =
      session && session.assurance !== "demo" && seesRegisters(session.assurance)
        ? await identity.factors.officialOf(session.pin)
        : undefined;
    return official === undefined ? [] : (await reference.officials({ on: today() })).filter((one) => one.official === official);
  };

  app.post("/:language/desk/sign-in/post", async (request, reply) => {
    checkLanguage(request, languages);
    const { visit, session } = await reception.visitor(request);
    if (!session) throw kernelProblem("sign-in-needed");
    const code = one(request.body, "post");
    const holder = (await postsOf(session)).find((each) => each.post === code);
    if (!holder) throw wrongPost();
    const { official, body, post, name } = holder;
    const asked = { official, body, post, name: nameOf(name) };
    const { token } = await identity.factors.sitDown(session, asked, request.headers["user-agent"] ?? "");
    const before = request.cookies[DESK_COOKIE];
    if (before !== undefined) await identity.closeDesk(before);
    setCookie(reply, { name: DESK_COOKIE, value: token, secure });
    return reply.redirect(safeReturn(one(request.body, "return"), work(visit.language)), 303);
  });

  app.post("/:language/desk/sign-out", async (request, reply) => {
    checkLanguage(request, languages);
    const token = request.cookies[DESK_COOKIE];
    if (token !== undefined) await identity.closeDesk(token);
    // Whatever a browser kept of the desk's pages goes with it.
    reply.clearCookie(DESK_COOKIE, { path: "/" }).header("clear-site-data", '"cache"');
    return reply.redirect(home((request.params as { language: string }).language), 303);
  });

  if (!identity.demo) return;
  app.post("/:language/desk/sign-in", async (request, reply) => {
    checkLanguage(request, languages);
    const { visit } = await reception.visitor(request);
    const code = one(request.body, "post");
    const holder = reference.post(code) && (await reference.holder(code, today()));
    if (!holder) throw kernelProblem("not-found");
    const { official, body, post, name } = holder;
    const asked = { official, body, post, name: nameOf(name) };
    const { token } = await identity.openDemoDesk(asked, request.headers["user-agent"] ?? "");
    const before = request.cookies[DESK_COOKIE];
    if (before !== undefined) await identity.closeDesk(before);
    setCookie(reply, { name: DESK_COOKIE, value: token, secure });
    return reply.redirect(safeReturn(one(request.body, "return"), work(visit.language)), 303);
  });
}
