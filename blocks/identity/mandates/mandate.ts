import type { Behalf } from "@kerege/kernel/actor";
import type { Represented } from "@kerege/kernel/asker";
import type { Multilingual } from "@kerege/kernel/locale";

/** What a mandate rests on. A register says the first three; people give the other two. */
export type MandateKind = (typeof mandateKinds)[number];
export const mandateKinds = ["parent", "guardian", "director", "power-of-attorney", "accountant"] as const;
export const derivedKinds: readonly MandateKind[] = ["parent", "guardian", "director"];

export type MandateScope = { all: true } | { service: string } | { case: string };

export interface Mandate {
  id: string;
  kind: MandateKind;
  /** PIN of the one who acts. */
  holder: string;
  /** Known once it is accepted. */
  holderName: string | null;
  of: "person" | "company";
  /** PIN or TIN of the one acted for. */
  subject: string;
  subjectName: Multilingual;
  /** PIN of the giver; nobody where a register says it. */
  givenBy: string | null;
  scope: MandateScope;
  /** First day without it (`YYYY-MM-DD`). */
  until: string | null;
  /** The holder may hand it on, once. */
  passesOn: boolean;
  /** The mandate it was handed on from. */
  from: string | null;
  state: "offered" | "accepted" | "declined" | "ended";
  givenAt: Date;
  answeredAt: Date | null;
  endedAt: Date | null;
}

/** One line of the history of a mandate, for both sides. */
export interface MandateEvent {
  at: Date;
  kind: "found" | "given" | "accepted" | "declined" | "ended";
  /** The holder, the giver's side, or a register. */
  by: "holder" | "giver" | "register";
}

/** Why a mandate does not stand. Words: `identity.mandates.fallen.<why>`. */
export type Fallen = "offered" | "declined" | "ended" | "over" | "register" | "chain";

/** What a mandate is held against at an act. */
export interface Ground {
  /** Day in the country's time zone. */
  day: string;
  /** What the register says at this moment, for kinds a register says. */
  register?: Represented;
  /** The mandate it was handed on from. */
  from?: Mandate;
}

/** Whether a mandate stands now. Pure: the table and the register are asked before. */
export function standing(mandate: Mandate, { day, register, from }: Ground): Fallen | undefined {
  if (mandate.state === "offered") return "offered";
  if (mandate.state !== "accepted") return mandate.state;
  if (mandate.until !== null && mandate.until <= day) return "over";
  if (isDerived(mandate.kind)) return register && (register.until === undefined || day < register.until) ? undefined : "register";
  if (mandate.from === null) return undefined;
  // One further link and no more, and only while the first one stands.
  const chained = from && from.id === mandate.from && from.from === null && from.passesOn && !isDerived(from.kind);
  return chained && standing(from, { day }) === undefined ? undefined : "chain";
}

export function isDerived(kind: MandateKind): boolean {
  return derivedKinds.includes(kind);
}

export function behalfOf(mandate: Mandate): Behalf {
  const { id, kind, of, subject, scope } = mandate;
  return { mandate: id, kind, of, subject, ...("all" in scope ? {} : { only: scope }) };
}

/** What somebody wants to give. */
export interface Offer {
  kind: "power-of-attorney" | "accountant";
  /** PIN of the one who is to act. */
  holder: string;
  scope: MandateScope;
  until: string | null;
  passesOn: boolean;
}

export type Link =
  /** The giver gives his own right, or a director that of the company. */
  | { first: true; of: "person" | "company"; subject: string }
  /** The holder of a mandate that says so hands it on. */
  | { first: false; from: Mandate };

/** Whether this offer may be given, and why not: what the pointer of a field is wrong about, or that it may not be handed on. */
export function offerFault(offer: Offer, given: { link: Link; giver: string; day: string }): OfferFault | undefined {
  const { link, giver, day } = given;
  if (!/^\d{6,20}$/.test(offer.holder)) return { pointer: "/holder", key: "wrong-number" };
  if (offer.holder === giver) return { pointer: "/holder", key: "oneself" };
  const subject = link.first ? link.subject : link.from.subject;
  if (offer.holder === subject) return { pointer: "/holder", key: "subject" };
  if (offer.until !== null && offer.until <= day) return { pointer: "/until", key: "past" };
  if (link.first)
    return offer.kind === "accountant" && link.of === "person" ? { pointer: "/kind", key: "no-company" } : undefined;
  const { from } = link;
  if (!from.passesOn || from.from !== null || isDerived(from.kind)) return { pointer: "", key: "may-not-pass-on" };
  if (offer.passesOn) return { pointer: "/passes_on", key: "last-link" };
  if (!within(offer.scope, from.scope)) return { pointer: "/scope", key: "wider" };
  if (from.until !== null && (offer.until === null || offer.until > from.until)) return { pointer: "/until", key: "longer" };
  return undefined;
}

export interface OfferFault {
  pointer: string;
  key: string;
}

function within(inner: MandateScope, outer: MandateScope): boolean {
  if ("all" in outer) return true;
  if ("service" in outer) return "service" in inner && inner.service === outer.service;
  return "case" in inner && inner.case === outer.case;
}
