import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Actor } from "@kerege/kernel/actor";
import { bounded } from "@kerege/kernel/bound";
import { type App, languageOf, type Request } from "@kerege/kernel/http";
import type { Visit } from "@kerege/kernel/page";
import { kernelProblem } from "@kerege/kernel/problem";
import type { VNode } from "preact";
import { isOpenSearch } from "./addresses.ts";
import type { Book } from "./pages/book.ts";
import { setFiles } from "./pages/frame.tsx";
import { AccessPage, DeferralsPage, OpenRecordPage, RegisterPage, RegistersPage } from "./pages/open.tsx";
import { typedOf } from "./pages/typed.ts";
import { problem } from "./problems.ts";
import { languageIn, param, sendOpen, sendOwn, withQuery } from "./routes-pages-answer.ts";
import { answerSearch } from "./routes-pages-search.ts";
import { accessTable } from "./who.ts";

/** A reader of no body, whom only grounds open to anyone let in. */
const ANYONE: Actor = { kind: "system", body: "", name: "anyone" };
const FILES = { style: "/registers/style.css", script: "/registers/desk.js" };

/** Pages of registers open to everyone: what is kept, who may read what, what may be looked up without signing in. */
export function addOpenPages(app: App, book: Book): void {
  const { languages } = book.means.country;
  const served = [
    {
      address: FILES.style,
      type: "text/css; charset=utf-8",
      content: readFileSync(new URL("./pages/desk.css", import.meta.url)),
    },
    {
      address: FILES.script,
      type: "text/javascript; charset=utf-8",
      content: readFileSync(new URL("./pages/desk.js", import.meta.url)),
    },
  ];
  const [style = "", script = ""] = served.map(
    ({ address, content }) => `${address}?${createHash("sha256").update(content).digest("base64url").slice(0, 12)}`,
  );
  setFiles({ style, script });
  for (const { address, type, content } of served)
    app.get(address, async (_request, reply) =>
      reply.type(type).header("cache-control", "public, max-age=31536000, immutable").send(content),
    );

  const page = (path: string, draw: (visit: Visit, request: Request) => Promise<VNode>) =>
    app.get(`/:language/registers${path}`, async (request, reply) => {
      const language = languageIn(request, languages);
      return sendOpen(request, reply, await draw(await app.visits.visitor(request, language), request));
    });

  // An address without a language leads to the reader's own.
  app.get("/registers", async (request, reply) =>
    reply
      .header("vary", "cookie, accept-language")
      .header("cache-control", "private, no-cache")
      .redirect(`/${languageOf(request, languages)}${request.url}`, 302),
  );

  page("", async (visit) => {
    const shown = await Promise.all(
      book.registers.map(async (declaration) => ({ declaration, records: await book.door.count(declaration.register) })),
    );
    return RegistersPage({ book, visit, registers: shown });
  });

  page("/deferrals", async (visit) => DeferralsPage({ book, visit, deferrals: book.door.deferrals() }));

  page("/:register/access", async (visit, request) => {
    const { declared } = book.register(param(request, "register"));
    const rows = accessTable(declared, book.door.grounds(), book.agreements);
    return AccessPage({ book, visit, declared, rows });
  });

  app.get("/:language/registers/:register", bounded(book.openBound), async (request, reply) => {
    const visit = await app.visits.visitor(request, languageIn(request, languages));
    const register = book.register(param(request, "register"));
    const name = register.declared.register;
    const names = Object.keys(register.declared.search).filter(
      (one) => isOpenSearch(register.flat, one) && openGrounds(one, name).length > 0,
    );
    const action = `/${visit.language}/registers/${name}`;
    const typed = typedOf(request.query);
    const { after: _, ...again } = typed;
    const given = {
      actor: ANYONE,
      visit,
      register,
      names,
      typed,
      asks: typed.ask === "yes",
      form: { action, method: "get" as const },
      hrefOf: (key: string, ground: string) => withQuery(`${action}/records/${encodeURIComponent(key)}`, { ground }),
      nextOf: (mark: string, ground: string) => withQuery(action, { ...again, ground, after: mark }),
    };
    const view = names.length === 0 ? undefined : await answerSearch(book, given);
    const records = await book.door.count(name);
    const draw = RegisterPage({ book, visit, register, records, names, view });
    return typed.ask === "yes" ? sendOwn(request, reply, draw) : sendOpen(request, reply, draw);
  });

  app.get("/:language/registers/:register/records/:key", bounded(book.openBound), async (request, reply) => {
    const visit = await app.visits.visitor(request, languageIn(request, languages));
    const register = book.register(param(request, "register"));
    const name = register.declared.register;
    const grounds = openGrounds(undefined, name);
    const ground = grounds.find((one) => one.ground === typedOf(request.query).ground) ?? grounds[0];
    if (!ground || !book.addresses.readable(name)) throw kernelProblem("not-found");
    const fields = book.fieldsUnder(ground, name);
    const found = await book.door.read(ANYONE, { register: name, key: param(request, "key"), fields, ground: ground.ground });
    if (!found) throw problem("not-found");
    return sendOwn(request, reply, OpenRecordPage({ book, visit, register, ground, fields, found }));
  });

  function openGrounds(condition: string | undefined, register: string) {
    return book.groundsFor(ANYONE, { register, ...(condition && { condition }) });
  }
}
