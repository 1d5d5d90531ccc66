import type { RegisterDeclaration } from "./declaration.ts";
import { problem } from "./problems.ts";
import type { Seal } from "./seal.ts";

/** Classes of fields whose values stand in no address. */
const HIDDEN = ["personal", "special", "biometric"];

export interface RecordKey {
  register: string;
  key: string;
}

/**
 * How records are named in addresses, which stand in histories of browsers and in journals of whatever is on the way. A key that is no
 * personal data stands there as it is; any other is sealed for the one place the address is for.
 */
export interface Addresses {
  /** Keys of the register stand in addresses as they are. */
  readable(register: string): boolean;
  name(record: RecordKey, place: string): string;
  /** The key that a name means; nothing where it was made for another place, or not here. */
  key(named: { register: string; name: string }, place: string): string | undefined;
  /** Where a page of a list begins: it holds the key, and what is sorted by, of the last record of the page before. */
  mark(next: string, place: string): string;
  /** @throws {Problem} `registry.wrong-page-mark` */
  markIn(sealed: string, place: string): string;
}

/** Of names in the API: the same for every program, so that one may tell another which record it means. */
export const API_PLACE = "api";

export function createAddresses(registers: RegisterDeclaration[], seal: Seal): Addresses {
  const declared = new Map(registers.map((one) => [one.register, one]));
  const isReadable = (register: string, behind: string[] = []): boolean => {
    const one = declared.get(register);
    const field = one?.fields[one.key];
    if (!field || field.type === "pin" || HIDDEN.includes(field.class)) return false;
    // A key that is another record's is as personal as that one.
    if (field.type !== "reference" || field.register === undefined || behind.includes(field.register)) return true;
    return isReadable(field.register, [...behind, register]);
  };
  const known = new Map(registers.map(({ register }) => [register, isReadable(register)]));
  const readable = (register: string) => known.get(register) === true;
  const within = (register: string, place: string) => `${place}\n${register}`;
  return {
    readable,
    name: ({ register, key }, place) => (readable(register) ? key : seal.close(key, within(register, place))),
    mark: (next, place) => seal.close(next, `${place}\nmark`),
    markIn(sealed, place) {
      const next = seal.open(sealed, `${place}\nmark`);
      if (next === undefined) throw problem("wrong-page-mark");
      return next;
    },
    key: ({ register, name }, place) => (readable(register) ? name : seal.open(name, within(register, place))),
  };
}

/** Whether a search of a flat declaration compares and orders by nothing but public fields: only then may its values stand in an address. */
export function isOpenSearch({ fields, search }: RegisterDeclaration, name: string): boolean {
  const condition = Object.hasOwn(search, name) ? search[name] : undefined;
  if (!condition) return false;
  const { exact = [], prefix, fuzzy = [], range, within, order = [] } = condition;
  const compared = [...exact, ...fuzzy, ...order, ...[prefix, range, within].filter((one) => one !== undefined)];
  return compared.every((field) => fields[field]?.class === "public");
}
