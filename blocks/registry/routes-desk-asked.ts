import type { App, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import type { Book } from "./pages/book.ts";
import { INPUT, type Typed, typedOf } from "./pages/typed.ts";
import { problem } from "./problems.ts";
import { type Desk, deskOf, needRight } from "./routes-desk-visit.ts";
import { param, withQuery } from "./routes-pages-answer.ts";

/** What a search may be asked with, beside its own inputs. */
const SEARCH_INPUTS = ["search", "ground", "reason"];
const MOST_TEXT = 2000;

/**
 * What a page of a desk is asked for. A reason never stands in an address: where one was given, `under` names what was kept for this
 * sitting, with its ground. @throws {Problem} `registry.reference-over`
 */
export async function withKept(book: Book, desk: Desk, sent: unknown): Promise<Typed> {
  const { reason: _, ...typed } = typedOf(sent);
  if (!typed.under) return typed;
  const kept = await keptFor(book, desk, typed.under);
  return { ...typed, ground: kept.ground ?? "", reason: kept.reason ?? "" };
}

/** @throws {Problem} `registry.reference-over` where it is another sitting's, or over */
export async function keptFor(book: Book, desk: Desk, reference: string): Promise<Typed> {
  const kept = await book.asked.find(desk.sitting, reference);
  if (!kept) throw problem("reference-over");
  return kept;
}

/** How the pages of a record go on: under a ground, with the reason where one was given. */
export const underOf = (typed: Typed): Record<string, string | undefined> =>
  typed.under ? { under: typed.under } : { ground: typed.ground };

/** Forms whose answers lead to a page: what was typed goes no further than here, the address of the page has names for it. */
export function addAskedForms(app: App, book: Book): void {
  const form = (path: string, lead: (given: { desk: Desk; base: string; name: string; typed: Typed }) => Promise<string>) =>
    app.post(`/:language/desk/registers/:register${path}`, async (request: Request, reply) => {
      const desk = await deskOf(app, book, request);
      needRight(desk, "search");
      const name = book.register(param(request, "register")).declared.register;
      const base = `/${desk.visit.language}/desk/registers/${name}`;
      return reply.redirect(await lead({ desk, base, name, typed: typedOf(request.body) }), 303);
    });
  const keyTyped = (text: string | undefined) => (text ?? "").replaceAll(/[\s\u00a0]/g, "");

  form("/found", async ({ desk, base, typed }) => {
    const asked = Object.entries(typed).flatMap(([input, text]) =>
      input.startsWith(INPUT) || SEARCH_INPUTS.includes(input) ? [[input, text.slice(0, MOST_TEXT)]] : [],
    );
    return `${base}/found/${await book.asked.keep(desk.sitting, Object.fromEntries(asked) as Typed)}`;
  });

  form("/open", async ({ desk, base, name, typed }) => {
    const key = keyTyped(typed.key);
    if (key === "") throw problem("not-found");
    return `${base}/records/${encodeURIComponent(desk.nameOf(name, key))}`;
  });

  form("/compare", async ({ desk, base, name, typed }) => {
    const named = (text: string | undefined) => (keyTyped(text) === "" ? "" : desk.nameOf(name, keyTyped(text)));
    return withQuery(`${base}/compare`, { one: named(typed.one), other: named(typed.other), ...underOf(typed) });
  });

  // The ground under which a record is opened, and why: the page that asked for it is gone back to.
  form("/under", async ({ desk, base, typed }) => {
    const [path = "", query = ""] = (typed.to ?? "").split("?", 2);
    const rest = new RegExp(`^${base}((?:/[\\w.~%:-]+)+)$`).exec(path)?.[1];
    if (rest === undefined || rest.includes("/.")) throw kernelProblem("bad-request");
    const { ground = "", reason = "" } = typed;
    const under = reason === "" ? undefined : await book.asked.keep(desk.sitting, { ground, reason: reason.slice(0, MOST_TEXT) });
    const kept = Object.fromEntries([...new URLSearchParams(query)].filter(([name]) => !["ground", "under"].includes(name)));
    return withQuery(path, { ...kept, ...(under ? { under } : { ground }) });
  });
}
