import type { App, Reply, Request } from "@kerege/kernel/http";
import type { VNode } from "preact";
import { sendPage } from "./answer.ts";
import { one } from "./form.ts";
import { aboutMe } from "./me.ts";
import { Cabinet } from "./pages/cabinet.tsx";
import { CasesPage } from "./pages/cases.tsx";
import { DevicesPage } from "./pages/devices.tsx";
import { DocumentsPage } from "./pages/documents.tsx";
import { LetterPage, LettersPage } from "./pages/letters.tsx";
import { MePage } from "./pages/me.tsx";
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
  const after = (request: Request) => one(request.query, "after") || undefined;

  page("/cabinet", async ({ actor, visit }) => {
    const { language } = visit;
    const [cases, issued, letters, reads] = await Promise.all([
      services.mine(actor, { language, limit: FEW }),
      documents.list(actor, { limit: FEW }),
      post.newest(actor, { language, limit: FEW }),
      registry.readsAbout(actor, { pin: actor.pin, limit: FEW }),
    ]);
    return Cabinet({
      visit,
      cases: cases.rows,
      documents: issued,
      letters: letters.rows,
      unread: letters.unread,
      reads: reads.rows.map((entry) => readLine(visit, entry)),
      timeZone,
    });
  });
  page("/cabinet/cases", async ({ actor, visit }, request) =>
    CasesPage({ visit, timeZone, ...(await services.mine(actor, { language: visit.language, after: after(request) })) }),
  );
  page("/cabinet/documents", async ({ actor, visit }) =>
    DocumentsPage({ visit, documents: await documents.list(actor), pin: actor.pin }),
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
    const found = await registry.readsAbout(actor, { pin: actor.pin, after: after(request) });
    return ReadsPage({ visit, lines: found.rows.map((entry) => readLine(visit, entry)), next: found.next });
  });
  app.get("/:language/cabinet/reads.csv", async (request: Request, reply: Reply) => {
    checkLanguage(request, offered);
    const { actor, visit } = await reception.signedIn(request);
    const lines: ReadLine[] = [];
    let next: string | undefined;
    do {
      const found = await registry.readsAbout(actor, { pin: actor.pin, limit: 100, ...(next && { after: next }) });
      lines.push(...found.rows.map((entry) => readLine(visit, entry)));
      next = found.next;
    } while (next && lines.length < MOST_EXPORTED);
    return reply
      .type("text/csv; charset=utf-8")
      .header("cache-control", "private, no-store")
      .header("content-disposition", 'attachment; filename="reads.csv"')
      .send(readsCsv(visit, lines));
  });
  page("/cabinet/me", async ({ actor, visit }) =>
    MePage({ visit, groups: await aboutMe(given, { actor, language: visit.language }) }),
  );
  page("/cabinet/devices", async ({ actor, visit, session }) =>
    DevicesPage({ visit, sessions: await identity.list(actor.pin), current: session.id, timeZone }),
  );

  app.post("/:language/cabinet/devices/:id/end", async (request: Request, reply: Reply) => {
    checkLanguage(request, offered);
    const { actor, visit } = await reception.signedIn(request);
    await identity.end(actor.pin, (request.params as { id: string }).id);
    return reply.redirect(`/${visit.language}/cabinet/devices`, 303);
  });

  app.get("/:language/documents/:file", async (request: Request, reply: Reply) => {
    checkLanguage(request, offered);
    const { actor } = await reception.signedIn(request);
    const { file } = request.params as { file: string };
    const document = await documents.read(actor, file.replace(/\.pdf$/, ""));
    const disposition = one(request.query, "show") === "" ? "attachment" : "inline";
    return reply
      .type("application/pdf")
      .header("cache-control", "private, no-store")
      .header("content-disposition", `${disposition}; filename="${document.number.replaceAll(/[^A-Za-z0-9-]/g, "_")}.pdf"`)
      .send(document.pdf);
  });
}
