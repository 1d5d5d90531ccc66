import { wholeSubjectOf } from "@kerege/kernel/actor";
import type { App, Reply, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import type { VNode } from "preact";
import { sendPage } from "./answer.ts";
import { one } from "./form.ts";
import { Cabinet } from "./pages/cabinet.tsx";
import { CasesPage } from "./pages/cases.tsx";
import { DevicesPage } from "./pages/devices.tsx";
import { DocumentsPage } from "./pages/documents.tsx";
import { LetterPage, LettersPage } from "./pages/letters.tsx";
import { ReadsPage } from "./pages/reads.tsx";
import type { PortalMeans } from "./portal.ts";
import { createReadLines, type ReadLine, readsCsv } from "./reads.ts";
import { checkLanguage } from "./routes-public.ts";
import type { SignedIn } from "./visit.ts";

const FEW = 3;
const MOST_EXPORTED = 10_000;

/** The person's own pages. Each asks the doors as that person, so that what is another's is not found anywhere. */
export function cabinetRoutes(app: App, given: PortalMeans): void {
  const { means, needs, reception } = given;
  const { services, documents, post, registry, identity } = needs;
  const offered = means.country.languages;
  const { timeZone } = means.country;
  const readLine = createReadLines({ registry, reference: needs.reference, services, timeZone });

  type Draw = (person: SignedIn, request: Request) => Promise<VNode>;
  const page = (path: string, draw: Draw) =>
    app.get(`/:language${path}`, async (request: Request, reply: Reply) => {
      checkLanguage(request, offered);
      return sendPage(request, reply, await draw(await reception.signedIn(request), request));
    });
  /** The record that a list of reads is about: its key stands in no address where it is personal. */
  const recordIn = (request: Request, actor: SignedIn["actor"]) => {
    const [register, place] = [one(request.query, "register"), one(request.query, "key")];
    const declared = registry.registers().find((each) => each.register === register);
    if (!declared || place === "") return undefined;
    return { title: declared.title, register, place, key: registry.ownKey(actor, { register, name: place }) };
  };
  const after = (request: Request) => one(request.query, "after") || undefined;

  page("/cabinet", async ({ actor, visit }) => {
    const { language } = visit;
    const agrees = !actor.behalf || ["parent", "guardian"].includes(actor.behalf.kind);
    const [cases, issued, letters, reads, offers, asked] = await Promise.all([
      services.mine(actor, { language, limit: FEW }),
      documents.list(actor, { limit: FEW }),
      post.newest(actor, { language, limit: FEW }),
      registry.readsAbout(actor, { pin: wholeSubjectOf(actor), limit: FEW }),
      actor.behalf ? 0 : identity.mandates.waiting(actor.pin),
      agrees ? registry.consentRequests(actor) : undefined,
    ]);
    return Cabinet({
      visit,
      cases: cases.rows,
      documents: issued,
      letters: letters.rows,
      unread: letters.unread,
      reads: reads.rows.map((entry) => readLine(visit, entry)),
      waiting: { mandates: offers, ...(asked && { consents: asked.length }) },
      timeZone,
    });
  });
  page("/cabinet/cases", async ({ actor, visit }, request) =>
    CasesPage({ visit, timeZone, ...(await services.mine(actor, { language: visit.language, after: after(request) })) }),
  );
  page("/cabinet/documents", async ({ actor, visit }) =>
    DocumentsPage({ visit, documents: await documents.list(actor), pin: wholeSubjectOf(actor) }),
  );
  page("/cabinet/letters", async ({ actor, visit }, request) =>
    LettersPage({ visit, timeZone, ...(await post.list(actor, { language: visit.language, after: after(request) })) }),
  );
  page("/cabinet/letters/:id", async ({ actor, visit }, request) => {
    const { id } = request.params as { id: string };
    const letter = await post.read(actor, { id, language: visit.language });
    return LetterPage({ visit, letter, from: needs.reference.body(letter.from)?.name[visit.language] ?? letter.from, timeZone });
  });
  page("/cabinet/reads", async ({ actor, visit }, request) => {
    const record = recordIn(request, actor);
    const found = await registry.readsAbout(actor, {
      pin: wholeSubjectOf(actor),
      after: after(request),
      ...(record && { record: { register: record.register, key: record.key } }),
    });
    return ReadsPage({ visit, lines: found.rows.map((entry) => readLine(visit, entry)), next: found.next, of: record });
  });
  app.get("/:language/cabinet/reads.csv", async (request: Request, reply: Reply) => {
    checkLanguage(request, offered);
    const { actor, visit } = await reception.signedIn(request);
    const lines: ReadLine[] = [];
    let next: string | undefined;
    do {
      const found = await registry.readsAbout(actor, { pin: wholeSubjectOf(actor), limit: 100, ...(next && { after: next }) });
      lines.push(...found.rows.map((entry) => readLine(visit, entry)));
      next = found.next;
    } while (next && lines.length < MOST_EXPORTED);
    return reply
      .type("text/csv; charset=utf-8")
      .header("cache-control", "private, no-store")
      .header("content-disposition", 'attachment; filename="reads.csv"')
      .send(readsCsv(visit, lines));
  });
  /** Of whatever level: one's sessions are of the account, and who opened one alone must see and end them as well. */
  const anyone = async (request: Request) => {
    checkLanguage(request, offered);
    const { visit, session } = await reception.visitor(request);
    if (!session) throw kernelProblem("sign-in-needed");
    return { visit, session };
  };
  app.get("/:language/cabinet/devices", async (request: Request, reply: Reply) => {
    const { visit, session } = await anyone(request);
    const sessions = await identity.list(session.pin);
    const desks = (await identity.listDesks(session.pin)).map((desk) => ({
      desk,
      post: needs.reference.post(desk.post)?.name[visit.language] ?? desk.post,
    }));
    return sendPage(request, reply, DevicesPage({ visit, sessions, desks, current: session.id, timeZone }));
  });
  app.post("/:language/cabinet/devices/:id/end", async (request: Request, reply: Reply) => {
    const { visit, session } = await anyone(request);
    await identity.end(session.pin, (request.params as { id: string }).id);
    return reply.redirect(`/${visit.language}/cabinet/devices`, 303);
  });

  app.get("/:language/documents/:file", async (request: Request, reply: Reply) => {
    checkLanguage(request, offered);
    const { actor } = await reception.signedIn(request);
    const { file } = request.params as { file: string };
    const id = file.replace(/\.pdf$/, "");
    const within = actor.behalf?.only && { case: await services.caseOfDocument(actor, id) };
    const document = await documents.read(actor, id, within);
    const disposition = one(request.query, "show") === "" ? "attachment" : "inline";
    return reply
      .type("application/pdf")
      .header("cache-control", "private, no-store")
      .header("content-disposition", `${disposition}; filename="${document.number.replaceAll(/[^A-Za-z0-9-]/g, "_")}.pdf"`)
      .send(document.pdf);
  });
}
