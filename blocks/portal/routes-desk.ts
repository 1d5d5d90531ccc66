import {
  createDeskReception,
  DESK_COOKIE,
  deskProgramOf,
  deskPrograms,
  ownPrograms,
  SESSION_COOKIE,
  type Seat,
  type Session,
  seesRegisters,
  wrongPost,
} from "@kerege/identity";
import { dayOf } from "@kerege/kernel/clock";
import type { App, Reply, Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import { kernelProblem } from "@kerege/kernel/problem";
import { sendPage } from "./answer.ts";
import { one } from "./form.ts";
import { DeskSignIn, type OfficialCard } from "./pages/desk-sign-in.tsx";
import type { PortalMeans } from "./portal.ts";
import { checkLanguage } from "./routes-public.ts";
import { safeReturn, setCookie } from "./visit.ts";

/**
 * Where officials come to their desks: through the provider, by an authorization request of the program `desks` or `centres`, with a
 * session of their own. In a demo country anyone may sit down at any of them by a list; elsewhere that route is not there.
 */
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
    const asked = one(request.query, "return");
    const back = safeReturn(asked, work(language));
    const seat = await identity.deskArrivals().seatOf(request);
    // Who was sent here from a page of a desk is asked who it is, and not asked first whether to be asked.
    if (!identity.demo && !desk && !seat && !person.session && asked !== "") return begin(reply, { back, language });
    const held = await postsOf(seat ?? person.session);
    const posts = held.map((holder) => ({
      post: holder.post,
      title: reference.post(holder.post)!.name[language],
      body: reference.body(holder.body)?.name[language] ?? holder.body,
    }));
    const at = desk?.post.name[language];
    return sendPage(
      request,
      reply,
      DeskSignIn({ visit, bodies, posts, came: seat !== undefined, back, demo: identity.demo, at }),
    );
  });

  const begin = (reply: Reply, asked: { back: string; language: Language; post?: string }) => {
    const program = deskProgramOf((asked.post !== undefined && reference.post(asked.post)?.rights) || []);
    return identity.deskArrivals().begin(reply, { ...asked, program });
  };

  /** Posts that this person holds today. A name chosen from a list proves nothing. */
  const postsOf = async (who: Pick<Session, "pin" | "assurance"> | undefined) => {
    const official =
      who && who.assurance !== "demo" && seesRegisters(who.assurance) ? await identity.factors.officialOf(who.pin) : undefined;
    return official === undefined ? [] : (await reference.officials({ on: today() })).filter((one) => one.official === official);
  };

  const take = async (
    request: Request,
    reply: Reply,
    given: { seat: Seat; post: string; back: string; language: Language },
  ): Promise<Reply> => {
    const { seat, back, language } = given;
    const holder = (await postsOf(seat)).find((each) => each.post === given.post);
    if (!holder) throw wrongPost();
    // Chosen after coming: the desks of service centres are another program, and the provider hears which one it is.
    if (deskProgramOf(reference.post(holder.post)!.rights) !== seat.program)
      return begin(reply, { back, language, post: holder.post });
    const { official, body, post, name } = holder;
    const asked = { official, body, post, name: nameOf(name) };
    const { token } = await identity.factors.sitDown(seat, asked, request.headers["user-agent"] ?? "");
    identity.deskArrivals().forget(reply);
    const before = request.cookies[DESK_COOKIE];
    if (before !== undefined) await identity.closeDesk(before);
    setCookie(reply, { name: DESK_COOKIE, value: token, secure });
    return reply.redirect(safeReturn(back, work(language)), 303);
  };

  app.get("/:language/desk/sign-in/begin", async (request, reply) => {
    checkLanguage(request, languages);
    const { language } = (await reception.visitor(request)).visit;
    return begin(reply, { back: safeReturn(one(request.query, "return"), work(language)), language });
  });

  for (const program of deskPrograms)
    app.get(ownPrograms[program].backPath, async (request, reply) => {
      const { seat, back, language, post } = await identity.deskArrivals().arrive(request, reply, program);
      if (!seat) return reply.redirect(home(language), 303);
      const held = post === undefined ? await postsOf(seat) : [];
      const chosen = post ?? (held.length === 1 ? held[0]!.post : undefined);
      if (chosen !== undefined) return take(request, reply, { seat, post: chosen, back, language });
      identity.deskArrivals().keep(reply, seat);
      return reply.redirect(`${home(language)}?return=${encodeURIComponent(back)}`, 303);
    });

  app.post("/:language/desk/sign-in/post", async (request, reply) => {
    checkLanguage(request, languages);
    const { visit, session } = await reception.visitor(request);
    const { language } = visit;
    const [post, back] = [one(request.body, "post"), safeReturn(one(request.body, "return"), work(language))];
    const seat = await identity.deskArrivals().seatOf(request);
    if (seat) return take(request, reply, { seat, post, back, language });
    if (!session) throw kernelProblem("sign-in-needed");
    // Refused here already, and not after a way to the provider and back.
    if (!(await postsOf(session)).some((each) => each.post === post)) throw wrongPost();
    return begin(reply, { back, language, post });
  });

  app.post("/:language/desk/sign-out", async (request, reply) => {
    checkLanguage(request, languages);
    const token = request.cookies[DESK_COOKIE];
    if (token !== undefined) await identity.leaveDesk(token, { session: request.cookies[SESSION_COOKIE] });
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
