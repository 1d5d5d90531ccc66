import { type Actor, wholeSubjectOf } from "@kerege/kernel/actor";
import type { Agreement, Ground, RegisterDeclaration } from "./declaration.ts";
import { problem } from "./problems.ts";

export interface Wanted {
  register: RegisterDeclaration;
  fields: string[];
  condition?: string;
  /** Why, in the reader's own words. */
  reason?: string;
}

/** What a decision rests on besides the declarations. */
export interface Circumstances {
  /** Day in the country's time zone. */
  today: string;
  agreements: Agreement[];
}

/** Whose records are reached: all, all of what is public, or those about one person. */
export type Reach = "everyone" | "public" | "person";

export interface Allowed {
  reach: Reach;
  /** PIN the subject of a record must have, or must be a child of; only where `reach` is `person`. */
  own: string | null;
  /** The subject's consent is demanded record by record. */
  consent: boolean;
}

/** Why a read is denied; the words stand in the locales under `registry.denied.<why>`. */
export type Why = (typeof whys)[number];
export const whys = [
  "ground",
  "register",
  "field",
  "class",
  "search",
  "reader",
  "agreement",
  "rows",
  "mandate",
  "assurance",
  "reason",
] as const;

export type Verdict = { allowed: true; access: Allowed } | { allowed: false; why: Why; what: string };

/** Least length of a reason under a ground for danger to life: a sentence, not a dash. */
export const LEAST_REASON = 20;

/**
 * The one place where a read is allowed or denied. Denied unless a declared ground names the register, every field with its class, the
 * search if there is one, and the reader. What depends on the record itself (whose it is, rows, consent) is part of the verdict and
 * becomes part of the statement that reads.
 */
export function judge(actor: Actor, ground: Ground | undefined, given: { wanted: Wanted; on: Circumstances }): Verdict {
  const { wanted, on } = given;
  const deny = (why: Why, what = ""): Verdict => ({ allowed: false, why, what });
  if (!ground) return deny("ground");
  const name = wanted.register.register;
  const listed = ground.reads[name];
  if (!listed || wanted.fields.length === 0) return deny("register", name);
  for (const field of wanted.fields) {
    const declared = wanted.register.fields[field];
    if (!declared || !(listed.includes(field) || (declared.part !== undefined && listed.includes(declared.part.of))))
      return deny("field", field);
    const kind = declared.class;
    if ((kind === "special" || kind === "biometric") && !ground.classes?.includes(kind)) return deny("class", field);
  }
  if (wanted.condition !== undefined && !ground.searches?.[name]?.includes(wanted.condition))
    return deny("search", wanted.condition);
  const access = accessOf(actor, ground, { wanted, on });
  if ("why" in access) return { allowed: false, ...access };
  if (actor.kind === "person" && Object.values(ground.rows?.[name] ?? {}).includes("reader-body")) return deny("rows");
  if (ground.breakGlass && access.reach !== "public" && [...(wanted.reason ?? "").trim()].length < LEAST_REASON)
    return deny("reason");
  return { allowed: true, access };
}

function accessOf(
  actor: Actor,
  { readers, consent }: Ground,
  { wanted, on }: { wanted: Wanted; on: Circumstances },
): Allowed | { why: Why; what: string } {
  const allPublic = wanted.fields.every((field) => wanted.register.fields[field]!.class === "public");
  if (readers.anyone && allPublic) return { reach: "public", own: null, consent: false };
  if (actor.kind === "person") {
    if (!readers.self && !readers.children) return { why: "reader", what: "" };
    // What shows personal data asks for more than a name and a telephone. Where nothing is said, the house itself asks for the person.
    if (actor.assurance === "simple" && !allPublic) return { why: "assurance", what: "" };
    // A mandate for one service or one case opens no register: the service reads what it needs on its own ground.
    if (actor.behalf?.only) return { why: "mandate", what: "" };
    if (wanted.register.subject !== undefined) return { reach: "person", own: wholeSubjectOf(actor), consent: false };
    // A register that is not about people holds nothing of anyone's own: only what all may know.
    return allPublic ? { reach: "everyone", own: null, consent: false } : { why: "class", what: "" };
  }
  const needs = Boolean(consent) && wanted.register.subject !== undefined;
  if (readers.bodies?.includes(actor.body)) return { reach: "everyone", own: null, consent: needs };
  const party = on.agreements.filter((one) => readers.agreements?.includes(one.agreement) && one.parties.includes(actor.body));
  if (party.some((one) => inForce(one, on.today))) return { reach: "everyone", own: null, consent: needs };
  return party.length > 0 ? { why: "agreement", what: party[0]!.agreement } : { why: "reader", what: "" };
}

/** `validUntil` is exclusive, like every `…Until` of the house. */
function inForce(agreement: Agreement, day: string): boolean {
  return agreement.validFrom <= day && (agreement.validUntil === undefined || day < agreement.validUntil);
}

/** As `judge`. @throws {Problem} `registry.no-ground`, `registry.reason-needed` */
export function allow(actor: Actor, ground: Ground | undefined, given: { wanted: Wanted; on: Circumstances }): Allowed {
  const verdict = judge(actor, ground, given);
  if (verdict.allowed) return verdict.access;
  if (verdict.why === "reason") throw problem("reason-needed", { params: { least: LEAST_REASON } });
  const reason = verdict.what === "" ? verdict.why : `${verdict.why} ${verdict.what}`;
  throw problem("no-ground", {
    params: { ground: ground?.ground ?? "", register: given.wanted.register.register, reason },
  });
}

/** Only the body that owns a register (its officials and systems) changes records of it, and the bodies an event is entrusted to. */
export function allowChange(actor: Actor, register: RegisterDeclaration, by: string[] = []): void {
  if (actor.kind === "person" || (actor.body !== register.owner && !by.includes(actor.body)))
    throw problem("not-owner", { params: { register: register.register } });
}
