import { createDeskReception, type IdentityDoor } from "@kerege/identity";
import type { Actor } from "@kerege/kernel/actor";
import type { App, Request } from "@kerege/kernel/http";
import type { Visit } from "@kerege/kernel/page";
import type { ReferenceDoor } from "@kerege/reference";
import { checkLanguage } from "./answer.ts";

/** Rights of posts: an operator keeps all cases running and sees nothing of people; the head of a desk oversees the cases of his body. */
export type Right = "operate" | "oversee";
export const RIGHTS: readonly Right[] = ["operate", "oversee"];

/** An official at the pages of processes. */
export interface Seat {
  actor: Extract<Actor, { kind: "official" }>;
  visit: Visit;
  /** Names in the language of the page. */
  post: string;
  body: string;
  may(right: Right): boolean;
  /** Cases of this body alone, where the post oversees and does not operate. */
  only?: string;
}

export interface Seats {
  /** @throws {Problem} `kernel.sign-in-needed`, `identity.not-in-post`, `identity.post-lacks-right` */
  seatOf(request: Request, ...rights: Right[]): Promise<Seat>;
}

export function createSeats(
  app: App,
  given: { identity: Pick<IdentityDoor, "findDesk">; reference: ReferenceDoor; languages: Visit["country"]["languages"] },
): Seats {
  const { identity, reference, languages } = given;
  const desks = createDeskReception(app, { identity, languages, postOf: (code) => reference.post(code) });
  return {
    async seatOf(request, ...rights) {
      checkLanguage(request, languages);
      const needed = (rights.length > 0 ? rights : RIGHTS).map((right) => `process.${right}`);
      const { actor, visit, post, rights: has } = await desks.atDesk(request, ...needed);
      const may = (right: Right) => has.includes(`process.${right}`);
      return {
        actor,
        visit,
        post: post.name[visit.language],
        body: reference.body(actor.body)?.name[visit.language] ?? actor.body,
        may,
        ...(!may("operate") && { only: actor.body }),
      };
    },
  };
}
