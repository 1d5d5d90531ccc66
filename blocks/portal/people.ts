import type { KnownPerson, PeopleDeclaration } from "@kerege/identity";
import type { Actor } from "@kerege/kernel/actor";
import type { RegistryDoor } from "@kerege/registry";
import type { FindName } from "@kerege/trust";

/**
 * Tells those who keep accounts whether somebody has a number, what the name is and whether the person lives: a read of the declared
 * register under the declared ground, recorded as any other. An official reads as such; a claim is looked at by the body that keeps accounts.
 */
export function createPeople(registry: Pick<RegistryDoor, "read">, declared: PeopleDeclaration) {
  const { register, ground, name, bornOn, diedOn } = declared;
  const fields = [...name, bornOn, diedOn];
  return async (pin: string, actor: Actor): Promise<KnownPerson | undefined> => {
    const reader: Actor = actor.kind === "official" ? actor : { kind: "system", body: declared.reader, name: "identity" };
    const found = await registry.read(reader, { register, key: pin, fields, ground });
    if (!found) return undefined;
    const text = (field: string) => String(found.values[field] ?? "");
    return { pin, name: name.map(text).filter(Boolean).join(" "), bornOn: text(bornOn), alive: text(diedOn) === "" };
  };
}

/** Names for certificates of people, read under the same ground: the first of the declared fields is the surname. */
export function createNames(registry: Pick<RegistryDoor, "read">, declared: PeopleDeclaration): FindName {
  const { register, ground, name, reader } = declared;
  const actor: Actor = { kind: "system", body: reader, name: "trust" };
  return async (pin) => {
    const found = await registry.read(actor, { register, key: pin, fields: name, ground });
    const [surname = "", ...given] = name.map((field) => String(found?.values[field] ?? "")).filter(Boolean);
    return surname === "" ? undefined : { surname, givenName: given.join(" ") || surname };
  };
}
