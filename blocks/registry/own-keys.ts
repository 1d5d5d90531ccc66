import { type Actor, wholeSubjectOf } from "@kerege/kernel/actor";
import type { Addresses } from "./addresses.ts";
import type { RegisterDeclaration } from "./declaration.ts";
import { isOwnKey } from "./read-entry.ts";

/** In an address, in place of the key of the record that is the person's own by its key: no personal number stands in an address. */
export const MINE = "mine";

/** Of names that stand in addresses of a person's own pages: of whom they are, so that they mean nothing to anybody else. */
export const ownPlace = (actor: Extract<Actor, { kind: "person" }>) => `own ${wholeSubjectOf(actor)}`;

/** Reads the names of records in addresses of a person's own pages. */
export function createOwnKeys(registers: RegisterDeclaration[], addresses: Addresses) {
  const own = new Set(registers.filter(isOwnKey).map(({ register }) => register));
  return (actor: Actor, { register, name }: { register: string; name: string }): string => {
    if (actor.kind !== "person") return "";
    if (name === MINE && own.has(register)) return wholeSubjectOf(actor);
    return addresses.key({ register, name }, ownPlace(actor)) ?? "";
  };
}
