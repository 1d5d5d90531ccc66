import type { Chunk, Resident } from "./declaration.ts";

/** Everyone of a chunk who is alive, by the name and the place of today. */
export function residentsOf(chunk: Chunk): Resident[] {
  const dead = new Set(chunk.death.map(({ pin }) => pin));
  const surnames = new Map(chunk.renaming.map(({ pin, surname }) => [pin, surname]));
  const places = new Map(chunk.dwelling.map(({ code, place }) => [code, place]));
  const homes = new Map([...chunk.residence, ...chunk.move].map(({ pin, dwelling }) => [pin, dwelling]));
  return chunk.person
    .filter(({ pin }) => !dead.has(pin))
    .map(({ pin, surname, given_name, patronymic, birth_place }) => ({
      pin,
      name: [surnames.get(pin) ?? surname, given_name, patronymic].filter(Boolean).join(" "),
      place: places.get(homes.get(pin) ?? "") ?? birth_place,
    }));
}
