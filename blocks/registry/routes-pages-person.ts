import type { Actor } from "@kerege/kernel/actor";
import type { App, Request } from "@kerege/kernel/http";
import type { Visit } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import { keyOf, nameOfOwn, readOwn, readOwnRegister } from "./own.ts";
import { MINE } from "./own-keys.ts";
import type { Book } from "./pages/book.ts";
import { asRefusal } from "./pages/frame.tsx";
import { ContestFormPage, OwnContestsPage } from "./pages/person.tsx";
import { type Typed, typedOf } from "./pages/typed.ts";
import { problem } from "./problems.ts";
import { languageIn, sendOwn } from "./routes-pages-answer.ts";

const PAGE = 50;

interface Asker {
  visit: Visit;
  actor: Extract<Actor, { kind: "person" }>;
}

/** What a person says is wrong about him or her, and what came of it. */
export function addPersonPages(app: App, book: Book): void {
  const asker = async (request: Request): Promise<Asker> => {
    const language = languageIn(request, book.means.country.languages);
    const actor = await app.askers.need(request, "person");
    return { actor, visit: await app.visits.visitor(request, language) };
  };

  app.get("/:language/cabinet/contests", async (request, reply) => {
    const { actor, visit } = await asker(request);
    const { after, sent } = typedOf(request.query);
    const found = await book.door.contests(actor, { limit: PAGE, ...(after && { after }) });
    return sendOwn(request, reply, OwnContestsPage({ book, visit, sent: sent === "yes", ...found }));
  });

  /** What stands in the register, read under a ground that lets the person see it. */
  const held = async ({ actor, visit }: Asker, typed: Typed) => {
    const register = book.register(typed.register ?? "");
    const field = register.flat.fields[typed.field ?? ""]?.part?.of ?? typed.field ?? "";
    if (!Object.hasOwn(register.declared.fields, field))
      throw problem("unknown-field", { params: { register: register.declared.register, field } });
    const name = register.declared.register;
    const own = readOwnRegister(book, actor, name);
    const key = keyOf(book, actor, { own, name: typed.key || MINE });
    if (!own.fields.includes(field)) throw problem("not-found");
    const { values } = await readOwn(book, actor, { own: { ...own, fields: [field] }, key });
    return { book, visit, register, field, key, place: nameOfOwn(book, actor, { own, key }), values };
  };

  app.get("/:language/cabinet/contests/new", async (request, reply) => {
    const person = await asker(request);
    const typed = typedOf(request.query);
    return sendOwn(request, reply, ContestFormPage({ ...(await held(person, typed)), typed: {} }));
  });

  app.post("/:language/cabinet/contests/new", async (request, reply) => {
    const person = await asker(request);
    const typed = typedOf(request.body);
    const shown = await held(person, typed);
    const { t, language } = person.visit;
    // The document is told with the reason: the one who decides asks for it, or looks it up.
    const reason = typed.document
      ? `${typed.reason ?? ""}\n${t("registry.pages.contest.document-is", { document: typed.document })}`
      : (typed.reason ?? "");
    try {
      if (!typed.reason) throw required("/reason", typed.claimed ? [] : ["/claimed"]);
      await book.door.contest(person.actor, {
        register: shown.register.declared.register,
        key: shown.key,
        field: shown.field,
        claimed: typed.claimed ?? "",
        reason,
      });
    } catch (error) {
      const refused = asRefusal(error);
      return sendOwn(request, reply.code(refused.status), ContestFormPage({ ...shown, typed, refused }));
    }
    return reply.redirect(`/${language}/cabinet/contests?sent=yes`, 303);
  });
}

function required(pointer: string, more: string[]): Problem {
  const fields = [...more, pointer].map((one) => ({ pointer: one, key: "registry.fields.required" }));
  return problem("wrong-value", { params: { register: "" }, fields });
}
