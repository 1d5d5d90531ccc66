import type { Checked } from "./check-register.ts";
import type { Ground, RegisterDeclaration } from "./declaration.ts";
import { subjectFields } from "./read-entry.ts";

/** Search by which the subject of a register finds his own records: of this field and nothing else. */
export function ownSearch({ search }: Pick<RegisterDeclaration, "search">, field: string): string | undefined {
  const found = Object.entries(search).find(([, { exact, prefix, fuzzy, range, within }]) => {
    const more = prefix ?? fuzzy ?? range ?? within;
    return more === undefined && exact?.length === 1 && exact[0] === field;
  });
  return found?.[0];
}

/** Whether people find their own records of a register by a search under this ground. */
export function letsFind(ground: Ground, register: string, search: string): boolean {
  const { readers, reads, searches } = ground;
  return readers.self === true && reads[register] !== undefined && searches?.[register]?.includes(search) === true;
}

/** A register whose subject is to find his own records has what that needs. */
export function checkOwn({ register, say, grounds }: Checked): void {
  if (!register.subjectFinds) return;
  const { register: name, key } = register;
  const fields = subjectFields(register);
  if (fields.length === 0) say(["subjectFinds"], "finds-without-subject", { register: name });
  for (const field of fields) {
    if (field === key || !Object.hasOwn(register.fields, field)) continue;
    const search = ownSearch(register, field);
    if (search === undefined) say(["subjectFinds"], "finds-without-search", { field });
    else if (![...grounds.values()].some((ground) => letsFind(ground, name, search)))
      say(["subjectFinds"], "finds-without-ground", { register: name, search });
  }
}
