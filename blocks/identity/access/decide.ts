import { type Actor, type Assurance, subjectOf } from "@kerege/kernel/actor";
import type { Fallen } from "../mandates/mandate.ts";

/** Least assurance a deed may ask of a person. */
export type Level = "simple" | "substantial" | "high";
export const levels: readonly Level[] = ["simple", "substantial", "high"];
/** What shows or changes personal data asks for this much where nothing is declared. */
export const DEFAULT_LEVEL: Level = "substantial";

/** For whom a person may do something: for himself, a child he answers for, another person who let him, or a company. */
export type Whom = (typeof whoms)[number];
export const whoms = ["person", "child", "company"] as const;

/** Something that may be done, as it is declared. */
export interface Deed {
  /** `services.submit`, `registry.record` … */
  name: string;
  by: readonly Actor["kind"][];
  /** For whom a person may do it; only for himself when left out. */
  for?: readonly Whom[];
  /** Of a person; `DEFAULT_LEVEL` when left out. */
  assurance?: Level;
  /** Of an official: the right of the post. */
  right?: string;
  /** Body whose officials and systems may do it; any when left out. */
  body?: string;
}

/** Two duties that one pair of hands never does to one thing, or one post never holds at all. */
export interface Apart {
  rights: readonly [string, string];
  /** `post`: no post holds both. `person`: a post may, but the one who did the first does not do the second to the same thing. */
  by: "post" | "person";
}

/** What it is done to. What is not known is left out and not looked at. */
export interface Target {
  /** Whose it is: PIN or TIN. */
  subject?: string;
  service?: string;
  case?: string;
  /** What was done to it before, by whom (the id of the official). */
  before?: readonly { right: string; person: string }[];
}

/** What was found out for this decision at this moment. */
export interface Circumstances {
  /** The country is declared as demo: invented people there count as surely known. */
  demo: boolean;
  /** Why the mandate does not stand; left out where it stands. */
  fallen?: Fallen;
  /** Of the official: whether the post is held today, and its rights. */
  post?: { held: boolean; rights: readonly string[] };
  apart?: readonly Apart[];
  /** What the grounds of registers say, where something is read. */
  ground?: { allowed: boolean; why: string; what: string };
}

/** Why something is refused. Words: `identity.access.refused.<why>`, what would change it: `identity.access.change.<why>`. */
export type Refused = (typeof refusals)[number];
export const refusals = [
  "nobody",
  "kind",
  "assurance",
  "fallen",
  "whom",
  "scope",
  "foreign",
  "post",
  "body",
  "right",
  "apart",
  "ground",
] as const;

export type Decision =
  | { allowed: true; as: "oneself" | "mandate" | "post" | "system" | "anyone" }
  | { allowed: false; why: Refused; what: string };

/** @param assurance of a session; nothing known is as good as nothing */
export function levelOf(assurance: Assurance | undefined, demo: boolean): Level | undefined {
  return assurance === "demo" ? (demo ? "high" : undefined) : assurance;
}

/**
 * The one place where it is said whether somebody may do something: who, under which post, how surely known, by which mandate, on
 * which ground, to what. Pure: everything is looked up before. What a ground allows of a register is compiled into the statement that
 * reads (`registry`), and comes in here as one of the circumstances.
 */
export function decide(actor: Actor | undefined, deed: Deed, given: { target?: Target; on: Circumstances }): Decision {
  const { target = {}, on } = given;
  const ground = (): Decision | undefined =>
    on.ground && !on.ground.allowed ? refused("ground", on.ground.what === "" ? on.ground.why : on.ground.what) : undefined;
  if (!actor) return on.ground?.allowed && on.ground.why === "public" ? { allowed: true, as: "anyone" } : refused("nobody");
  if (!deed.by.includes(actor.kind)) return refused("kind", actor.kind);
  if (actor.kind === "person")
    return personRefused(actor, deed, { target, on }) ?? ground() ?? { allowed: true, as: actor.behalf ? "mandate" : "oneself" };
  if (deed.body !== undefined && actor.body !== deed.body) return refused("body", deed.body);
  if (actor.kind === "system") return ground() ?? { allowed: true, as: "system" };
  return postRefused(actor.person, deed, { target, on }) ?? ground() ?? { allowed: true, as: "post" };
}

type Given = { target: Target; on: Circumstances };

function personRefused(actor: Extract<Actor, { kind: "person" }>, deed: Deed, { target, on }: Given): Decision | undefined {
  const least = deed.assurance ?? DEFAULT_LEVEL;
  const level = levelOf(actor.assurance, on.demo);
  if (level === undefined || levels.indexOf(level) < levels.indexOf(least)) return refused("assurance", least);
  const { behalf } = actor;
  if (behalf) {
    if (on.fallen) return refused("fallen", on.fallen);
    const whom = whomOf(behalf);
    if (!deed.for?.includes(whom)) return refused("whom", whom);
    const { only } = behalf;
    if (only && "service" in only && target.service !== only.service) return refused("scope", only.service);
    if (only && "case" in only && target.case !== only.case) return refused("scope", only.case);
  } else if (deed.for && !deed.for.includes("person")) return refused("whom", "person");
  if (target.subject !== undefined && target.subject !== subjectOf(actor)) return refused("foreign");
  return undefined;
}

function postRefused(person: string, deed: Deed, { target, on }: Given): Decision | undefined {
  if (!on.post?.held) return refused("post");
  const { right } = deed;
  if (right === undefined) return undefined;
  if (!on.post.rights.includes(right)) return refused("right", right);
  for (const { rights, by } of on.apart ?? []) {
    const other = otherOf(rights, right);
    if (other === undefined) continue;
    // A post that came to hold both may do neither, until one of them is taken from it.
    if (by === "post" && on.post.rights.includes(other)) return refused("apart", other);
    // A duty is kept from whoever did the other one, under whatever post.
    if (target.before?.some((done) => done.person === person && done.right === other)) return refused("apart", other);
  }
  return undefined;
}

function otherOf([one, other]: Apart["rights"], right: string): string | undefined {
  if (right === one) return other;
  return right === other ? one : undefined;
}

/** The person as if the mandate were for everything: for what is asked before it is known which service or case it is about. */
export function unscoped(person: Extract<Actor, { kind: "person" }>): Extract<Actor, { kind: "person" }> {
  const { behalf, ...oneself } = person;
  if (!behalf) return person;
  const { only: _, ...whole } = behalf;
  return { ...oneself, behalf: whole };
}

/** Whom the one at work acts for, as services name them. */
export function whomOf({ of, kind }: { of: "person" | "company"; kind: string }): Whom {
  if (of === "company") return "company";
  return kind === "parent" ? "child" : "person";
}

function refused(why: Refused, what = ""): Decision {
  return { allowed: false, why, what };
}
