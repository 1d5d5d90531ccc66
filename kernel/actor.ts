/** How surely a person is known. `demo` only ever exists in a demo country. */
export type Assurance = "demo" | "simple" | "substantial" | "high";

/**
 * For whom a person acts, by which mandate. It is put together anew for each request from what the table of mandates and the registers
 * say at that moment, never from a token.
 */
export interface Behalf {
  /** Id of the mandate. */
  mandate: string;
  /** What the mandate rests on: parent, guardian, power-of-attorney, director, accountant. */
  kind: string;
  of: "person" | "company";
  /** PIN of the person or TIN of the company. */
  subject: string;
  /** The mandate is for one service or one case; everything when left out. */
  only?: { service: string } | { case: string };
}

/** Who acts. It travels as the first argument of every use case, so that nothing is done by nobody. */
export type Actor =
  | { kind: "person"; pin: string; assurance?: Assurance; behalf?: Behalf }
  | { kind: "official"; body: string; post: string; person: string }
  | { kind: "system"; body: string; name: string };

/**
 * One short line that names the actor in records and proofs, e.g. `person:21205199001234` or `system:portal/residence`; for whom
 * somebody acted and by which mandate stands behind: `person:…/for/company:…/<mandate>`.
 */
export function actorKey(actor: Actor): string {
  if (actor.kind === "person") {
    const { pin, behalf } = actor;
    return behalf ? `person:${pin}/for/${behalf.of}:${behalf.subject}/${behalf.mandate}` : `person:${pin}`;
  }
  if (actor.kind === "official") return `official:${actor.body}/${actor.post}/${actor.person}`;
  return `system:${actor.body}/${actor.name}`;
}

/** Whose things the person at work has before him: his own, or those of the one he acts for. */
export function subjectOf(actor: Extract<Actor, { kind: "person" }>): string {
  return actor.behalf?.subject ?? actor.pin;
}

/** As `subjectOf`, for what is not of one service or case; a text that is nobody's number where the mandate covers no more than that. */
export function wholeSubjectOf(actor: Extract<Actor, { kind: "person" }>): string {
  return actor.behalf?.only ? "" : subjectOf(actor);
}
