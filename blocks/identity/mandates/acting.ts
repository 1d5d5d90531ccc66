import type { Actor } from "@kerege/kernel/actor";
import type { Request } from "@kerege/kernel/http";
import type { Multilingual } from "@kerege/kernel/locale";
import type { Session } from "../session.ts";
import type { Mandates } from "./mandates.ts";

/**
 * Cookie that names the mandate a person chose to act by: `<session>.<mandate>`. It opens nothing: the mandate is looked up for the
 * person of the session with every request, and the name of another's mandate finds nothing.
 */
export const ACTING_COOKIE = "acting";

export interface PersonAt {
  actor: Extract<Actor, { kind: "person" }>;
  /** Name of the one acted for. */
  acting?: Multilingual;
}

/** Who is at work in a session: the person, or the person for somebody else. */
export interface Acting {
  /** Asked once for a request. @throws {Problem} `identity.no-such-mandate`, `identity.mandate-ended` where the chosen one does not stand */
  personAt(request: Request, session: Session): Promise<PersonAt>;
  /** The person alone, whatever was chosen: for the pages where the choice is made. */
  aloneAt(session: Session): PersonAt["actor"];
  /** Text of the cookie for a choice. @throws {Problem} as `personAt` */
  choose(session: Session, mandate: string): Promise<string>;
}

export function createActing(mandates: Pick<Mandates, "behalf">): Acting {
  const asked = new WeakMap<Request, Promise<PersonAt>>();
  const aloneAt = ({ pin, assurance }: Session): PersonAt["actor"] => ({ kind: "person", pin, assurance });
  const look = async (request: Request, session: Session): Promise<PersonAt> => {
    const actor = aloneAt(session);
    const chosen = (request.cookies as Request["cookies"] | undefined)?.[ACTING_COOKIE] ?? "";
    const [of, mandate] = chosen.split(".", 2);
    // What another session left behind in this browser is nobody's choice.
    if (of !== session.id || !mandate) return { actor };
    const { behalf, name } = await mandates.behalf(session.pin, mandate, request.method === "GET");
    return { actor: { ...actor, behalf }, acting: name };
  };
  return {
    personAt(request, session) {
      let found = asked.get(request);
      if (!found) {
        found = look(request, session);
        found.catch(() => {});
        asked.set(request, found);
      }
      return found;
    },
    aloneAt,
    async choose(session, mandate) {
      await mandates.behalf(session.pin, mandate);
      return `${session.id}.${mandate}`;
    },
  };
}
