import type { App, Request } from "@kerege/kernel/http";
import type { Visit } from "@kerege/kernel/page";
import { keyOf, listOwn, nameOfOwn, type OwnRegister, ownRegisters, type Person, readOwn, readOwnRegister } from "./own.ts";
import type { Book } from "./pages/book.ts";
import { namesOfLinks, recordName } from "./pages/naming.ts";
import { MePage, OwnCardPage, type OwnGroup, OwnListPage, type OwnRecord } from "./pages/own.tsx";
import { typedOf } from "./pages/typed.ts";
import { languageIn, param, sendOwn } from "./routes-pages-answer.ts";
import { sendProof } from "./routes-proofs.ts";

/** Records of one register on the page about oneself, and on a page of its own. */
const [FEW, MANY] = [10, 50];
const VERSION = /^[1-9]\d{0,8}$/;

interface Asker {
  actor: Person;
  visit: Visit;
}

/** What the registers hold about the person who asks: all of it, one record, its proofs. */
export function addOwnPages(app: App, book: Book): void {
  const asker = async (request: Request): Promise<Asker> => {
    const language = languageIn(request, book.means.country.languages);
    const actor = await app.askers.need(request, "person");
    return { actor, visit: await app.visits.visitor(request, language) };
  };

  const named = async ({ actor, visit }: Asker, own: OwnRegister, found: OwnRecord["found"]): Promise<OwnRecord> => {
    const reader = { book, actor, visit, under: own.ground };
    const record = { register: own.register, key: found.key, values: found.values };
    const [name, links] = await Promise.all([
      recordName(reader, { ...record, fields: own.fields }),
      own.keyed ? namesOfLinks(reader, record, own.fields) : {},
    ]);
    return { found, name, links, place: nameOfOwn(book, actor, { own, key: found.key }) };
  };
  const groupOf = async (person: Asker, own: OwnRegister, page: { limit: number; after?: string }): Promise<OwnGroup> => {
    const { rows, next } = await listOwn(book, person.actor, { own, ...page });
    return { own, next, records: await Promise.all(rows.map((found) => named(person, own, found))) };
  };

  app.get("/:language/cabinet/me", async (request, reply) => {
    const person = await asker(request);
    const registers = ownRegisters(book, person.actor);
    const groups = await Promise.all(registers.map((own) => groupOf(person, own, { limit: FEW })));
    // What is the person's own by his number comes first, as it stands on the page in full.
    const ordered = [...groups.filter(({ own }) => own.keyed), ...groups.filter(({ own }) => !own.keyed)];
    return sendOwn(request, reply, MePage({ book, visit: person.visit, groups: ordered }));
  });

  app.get("/:language/cabinet/me/:register", async (request, reply) => {
    const person = await asker(request);
    const own = readOwnRegister(book, person.actor, param(request, "register"));
    const { after } = typedOf(request.query);
    const group = await groupOf(person, own, { limit: MANY, ...(after && { after }) });
    return sendOwn(request, reply, OwnListPage({ book, visit: person.visit, group }));
  });

  /** The record that an address names. */
  const recordIn = (request: Request, { actor }: Asker) => {
    const own = readOwnRegister(book, actor, param(request, "register"));
    return { own, key: keyOf(book, actor, { own, name: param(request, "key") }) };
  };

  app.get("/:language/cabinet/me/:register/:key", async (request, reply) => {
    const person = await asker(request);
    const { actor, visit } = person;
    const { own, key } = recordIn(request, person);
    const { register, ground, fields } = own;
    const found = await readOwn(book, actor, { own, key });
    const [{ name, place }, links, entries] = await Promise.all([
      named(person, own, found),
      namesOfLinks({ book, actor, visit, under: ground }, { register, key, values: found.values }, fields),
      book.door.history(actor, { register: register.declared.register, key, fields, ground: ground.ground }),
    ]);
    // A proof shows the whole of a version, so the ground has to let all of it be read.
    const provable = fields.length === Object.keys(register.declared.fields).length;
    return sendOwn(request, reply, OwnCardPage({ book, visit, own, record: { found, name, links, place }, entries, provable }));
  });

  app.get("/:language/cabinet/me/:register/:key/proof/:version", async (request, reply) => {
    const person = await asker(request);
    const { own, key } = recordIn(request, person);
    const version = param(request, "version");
    const register = own.register.declared.register;
    const proof = await book.door.eventProof(person.actor, {
      register,
      key,
      ground: own.ground.ground,
      version: VERSION.test(version) ? Number(version) : 0,
    });
    return sendProof(reply, { proof, name: `${register}-${param(request, "key")}-${version}` });
  });
}
