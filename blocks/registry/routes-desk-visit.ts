import { decide } from "@kerege/identity";
import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { App, Request } from "@kerege/kernel/http";
import type { Visit } from "@kerege/kernel/page";
import { kernelProblem } from "@kerege/kernel/problem";
import type { Book } from "./pages/book.ts";
import { problem } from "./problems.ts";
import { languageIn } from "./routes-pages-answer.ts";

/** Rights of posts that the pages of registers ask for. */
export type Right = "search" | "record" | "correct" | "merge" | "confirm-merge" | "acknowledge" | "look-at-reads";

const ALL: Right[] = ["search", "record", "correct", "merge", "confirm-merge", "acknowledge"];

/** An official at the desk. */
export interface Desk {
  actor: Extract<Actor, { kind: "official" }>;
  visit: Visit;
  body: string;
  post: string;
  may(right: Right): boolean;
  /** What this sitting is known by: nothing that is bound to it opens to anybody else, nor after it. */
  sitting: string;
  /** How a record is named in addresses of this sitting. */
  nameOf(register: string, key: string): string;
  /** The key that such a name means. @throws {Problem} `registry.reference-over` */
  keyOf(register: string, name: string): string;
  /** Pages of other blocks that this post may open. */
  more: { href: string; text: string }[];
  /** Alarms nobody has looked at, where this post may. */
  alarms: number;
}

/**
 * Who sits at the desk. Only somebody who holds a post today goes on (`askers` look at that); a body that has no post of its own for
 * correcting, merging or confirming leaves it to those who record.
 */
export async function deskOf(app: App, book: Book, request: Request): Promise<Desk> {
  const language = languageIn(request, book.means.country.languages);
  const actor = await app.askers.of(request, "official");
  if (!actor) throw kernelProblem("sign-in-needed");
  const { reference } = book;
  const rights = reference.post(actor.post)?.rights ?? [];
  const on = { demo: false, post: { held: true, rights }, apart: reference.apart() };
  const has = (right: Right) =>
    decide(actor, { name: `registry.${right}`, by: ["official"], right: `registry.${right}` }, { on }).allowed;
  const named = (right: Right) => reference.posts(actor.body).some((post) => post.rights.includes(`registry.${right}`));
  const may = (right: Right) => {
    if (right === "search") return ALL.some(has);
    if (right === "look-at-reads") return has(right);
    return has(right) || (right !== "record" && has("record") && !named(right));
  };
  const visit = await app.visits.official(request, language);
  const sitting = `${actorKey(actor)} ${app.askers.sitting(request, "official")}`;
  const open = app.visits.places.filter((place) => place.rights.some((right) => rights.includes(right)));
  return {
    actor,
    may,
    sitting,
    nameOf: (register, key) => book.addresses.name({ register, key }, sitting),
    keyOf(register, name) {
      const key = book.addresses.key({ register, name }, sitting);
      if (key === undefined) throw problem("reference-over");
      return key;
    },
    more: open.map(({ path, key }) => ({ href: `/${language}${path}`, text: visit.t(key) })),
    alarms: may("acknowledge") ? await book.door.openAlarms(actor) : 0,
    visit,
    body: book.bodyName(actor.body, language),
    post: reference.post(actor.post)?.name[language] ?? actor.post,
  };
}

/** @throws {Problem} `registry.no-right` */
export function needRight(desk: Desk, right: Right): void {
  if (!desk.may(right)) throw problem("no-right", { params: { post: desk.post } });
}
