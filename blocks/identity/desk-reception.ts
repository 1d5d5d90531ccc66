import type { Actor } from "@kerege/kernel/actor";
import { type App, languageOf, type Request } from "@kerege/kernel/http";
import type { Language, Multilingual } from "@kerege/kernel/locale";
import type { Visit } from "@kerege/kernel/page";
import { kernelProblem } from "@kerege/kernel/problem";
import { deskOf, officialOf } from "./credentials.ts";
import type { DeskSession } from "./desk.ts";
import { problem } from "./problems.ts";
import type { IdentityDoor } from "./session.ts";

/** An official at a desk, as pages and use cases need it. */
export interface AtDesk {
  actor: Extract<Actor, { kind: "official" }>;
  desk: DeskSession;
  /** In the language of the page; the header names the post. */
  visit: Visit;
  post: { code: string; name: Multilingual };
  /** Names of the rights of this post. */
  rights: string[];
}

export interface DeskReception {
  /** Undefined where no desk is open. @throws {Problem} `identity.not-in-post` */
  deskOf(request: Request): Promise<AtDesk | undefined>;
  /**
   * Only an official at a desk goes on; with rights, only under a post that has one of them.
   * @throws {Problem} `kernel.sign-in-needed`, `identity.not-in-post`, `identity.post-lacks-right`
   */
  atDesk(request: Request, ...rights: string[]): Promise<AtDesk>;
}

/**
 * Finds out which official asks, under which post. The right to act ends with the post: it is looked at with every request.
 * @param given.postOf the post of a code as it is declared now
 */
export function createDeskReception(
  app: App,
  given: {
    identity: Pick<IdentityDoor, "findDesk">;
    languages: Language[];
    postOf(code: string): { code: string; name: Multilingual; rights: string[] } | undefined;
  },
): DeskReception {
  const find = async (request: Request): Promise<AtDesk | undefined> => {
    const desk = await deskOf(request, { identity: given.identity, holds: (official) => app.askers.holds(official) });
    const post = desk && given.postOf(desk.post);
    if (!desk || !post) return undefined;
    const language = languageOf(request, given.languages);
    const visit = app.visits.of(request, { language, person: { name: desk.name, post: post.name[language] } });
    return { actor: officialOf(desk), desk, visit, post: { code: post.code, name: post.name }, rights: post.rights };
  };
  return {
    deskOf: find,
    async atDesk(request, ...rights) {
      const found = await find(request);
      if (!found) throw kernelProblem("sign-in-needed");
      if (rights.length > 0 && !rights.some((right) => found.rights.includes(right))) throw problem("post-lacks-right");
      return found;
    },
  };
}
