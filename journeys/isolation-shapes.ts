/** What the table of routes is made of. */
import type { Visitor } from "./visitor.ts";

export interface Person {
  pin: string;
  name: string;
  visitor: Visitor;
  /** Its own things, by the name a route has for them. */
  own: Record<string, string[]>;
  /** Words that only pages about this person hold. */
  secrets: string[];
}

/** What a route lets one try with the things of another. Nothing else is allowed to exist: a new route has to be put here. */
export type Kind =
  /** Anyone may open it; it shows nobody's things. */
  | "open"
  /** Shows the person's own things. */
  | "own"
  /** Its address names somebody's thing. */
  | "named"
  /** Only an official at a desk opens it. */
  | "desk"
  /** Changes something of the session itself. */
  | "session";

export interface Route {
  kind: Kind;
  /** Addresses to try, with the things of a person. */
  fill?: (person: Person) => string[];
  /** What is sent there as JSON; an empty form where it is left out. */
  json?: (person: Person) => object;
}

/** An id that names nothing. */
export const NOBODYS = "019a0000-0000-7000-8000-000000000000";

/** A page of a desk, with the personal number of another person where it names a record. */
export function desk(path: string): { kind: Kind; fill(person: Person): string[] } {
  return { kind: "desk", fill: ({ pin }) => [`/ky/desk${path.replaceAll(":pin", pin)}`] };
}
