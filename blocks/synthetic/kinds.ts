import type { Shape } from "@kerege/kernel/feel";
import type { Sex } from "./names.ts";

/** What is made, row by row; field names are those the mappings of packs use. Days are `YYYY-MM-DD`; people are named by their number. */
export interface Rows {
  dwelling: {
    code: string;
    region: string;
    district: string;
    place: string;
    street: string;
    house: string;
    /** Degrees, as decimal text. */
    lat: string;
    lon: string;
    since: string;
  };
  person: {
    pin: string;
    surname: string;
    given_name: string;
    patronymic: string | null;
    sex: Sex;
    born_on: string;
    birth_place: string;
    citizenship: string;
    mother: string | null;
    father: string | null;
    community: string;
  };
  residence: { pin: string; dwelling: string; since: string; kind: "permanent" | "temporary" };
  /** A surname taken at marriage, or changed on request: then `renaming.pin` has a row of `name_change` too. */
  renaming: { pin: string; surname: string; on: string };
  move: { pin: string; dwelling: string; on: string; kind: "permanent" | "temporary" };
  death: {
    pin: string;
    on: string;
    /** Had a residence in the register; a marital status; was entered in the registers that began with the history. */
    resident: boolean;
    status: boolean;
    number: string;
    place: string;
    office: string;
    registered_on: string;
  };
  /** Act of a birth; `number` and `office` (a unit) as of all acts. */
  birth: {
    number: string;
    pin: string;
    surname: string;
    given_name: string;
    patronymic: string | null;
    sex: Sex;
    born_on: string;
    birth_place: string;
    mother: string | null;
    father: string | null;
    registered_on: string;
    office: string;
  };
  marriage: {
    number: string;
    husband: string;
    wife: string;
    husband_surname: string;
    wife_surname: string;
    on: string;
    office: string;
    /** How it ended before the registers kept history: `divorce` or `death`, and when. */
    ended_by: string | null;
    ended_on: string | null;
  };
  /** The end of a marriage since the registers keep history. */
  marriage_end: { number: string; by: string; on: string };
  divorce: {
    number: string;
    marriage: string;
    husband: string;
    wife: string;
    husband_surname: string;
    wife_surname: string;
    basis: string;
    on: string;
    registered_on: string;
    office: string;
  };
  name_change: {
    number: string;
    pin: string;
    surname_before: string;
    given_name: string;
    patronymic: string | null;
    surname: string;
    on: string;
    office: string;
  };
  /** Marital status as first entered: `married`, `divorced`, `widowed`; `act` is the number of the act. */
  status: { pin: string; status: string; spouse: string | null; since: string; act: string };
  status_change: { pin: string; status: string; since: string; act: string };
  /** Who acts for a child, until the day before `until`. */
  guardianship: { ward: string; guardian: string; since: string; until: string };
  household: {
    number: string;
    head: string;
    dwelling: string;
    since: string;
    /** Hectares, as decimal text. */
    land: string | null;
    cattle: number | null;
    sheep: number | null;
    goats: number | null;
    horses: number | null;
    poultry: number | null;
    beehives: number | null;
    counted_on: string | null;
  };
  member: { pin: string; household: string; relation: string; since: string };
  company: {
    tin: string;
    okpo: string;
    number: string;
    form: string;
    name_ky: string;
    name_ru: string;
    name_kk: string;
    name_en: string;
    activity: string;
    dwelling: string;
    since: string;
    /** Minor units. */
    capital: number;
    currency: string;
  };
  branch: { number: string; tin: string; name_ky: string; name_ru: string; dwelling: string; since: string; head: string };
  director: { tin: string; pin: string; since: string; until: string };
  director_change: { tin: string; pin: string; since: string; until: string };
  /** A stake in percent; `origin` is `founding` or `inheritance`. */
  stake: { number: string; tin: string; pin: string; percent: string; since: string; origin: string };
  /** A stake of somebody who died, and its passing to heirs. */
  stake_opening: { number: string; on: string };
  stake_passing: { number: string; on: string };
  winding_up: { tin: string; on: string };
  parcel: {
    code: string;
    dwelling: string;
    district: string;
    /** Square metres, as decimal text. */
    area: string;
    purpose: string;
    /** GeoJSON. */
    shape: string;
    since: string;
  };
  property: {
    code: string;
    kind: string;
    dwelling: string;
    parcel: string | null;
    area: string;
    rooms: number;
    floors: number;
    built: number;
    since: string;
  };
  /** A right to a `property` or a `parcel` of a person or a company; `origin`: `first`, `sale` or `inheritance`. */
  right: {
    number: string;
    property: string | null;
    parcel: string | null;
    pin: string | null;
    tin: string | null;
    numerator: number;
    denominator: number;
    basis: string;
    since: string;
    price: number | null;
    currency: string | null;
    origin: string;
  };
  right_opening: { number: string; on: string };
  /** `how`: `sale` or `inheritance`. */
  right_passing: { number: string; on: string; how: string };
  mortgage: {
    number: string;
    property: string;
    creditor: string;
    amount: number;
    currency: string;
    since: string;
    until: string;
  };
  vehicle: {
    vin: string;
    plate: string;
    kind: string;
    make: string;
    model: string;
    built: number;
    colour: string;
    fuel: string;
    volume: number;
    pin: string | null;
    tin: string | null;
    certificate: string;
    since: string;
  };
  vehicle_sale: { vin: string; buyer: string; certificate: string; on: string };
  vehicle_opening: { vin: string; on: string };
  vehicle_inheritance: { vin: string; heir: string; certificate: string; on: string };
  licence: { number: string; pin: string; categories: string; since: string; until: string };
  suspension: { number: string; on: string; until: string };
  licence_end: { number: string; on: string };
}

export type Kind = keyof Rows;

/** May be nothing. */
const maybe = "any";

/** What an expression may speak of, by what is made. */
export const shapes: { [K in Kind]: Record<keyof Rows[K], Shape> } = {
  dwelling: {
    ...{ code: "string", region: "string", district: "string", place: "string", street: "string", house: "string" },
    ...{ lat: "string", lon: "string", since: "string" },
  },
  person: {
    ...{ pin: maybe, surname: maybe, given_name: maybe, patronymic: maybe, sex: maybe, born_on: maybe, birth_place: maybe },
    ...{ citizenship: maybe, mother: maybe, father: maybe, community: maybe },
  },
  residence: { pin: "string", dwelling: "string", since: "string", kind: "string" },
  renaming: { pin: "string", surname: "string", on: "string" },
  move: { pin: "string", dwelling: "string", on: "string", kind: "string" },
  death: {
    ...{ pin: "string", on: "string", resident: "boolean", status: "boolean" },
    ...{ number: "string", place: "string", office: "string", registered_on: "string" },
  },
  birth: {
    ...{ number: "string", pin: "string", surname: "string", given_name: "string", patronymic: maybe, sex: "string" },
    ...{ born_on: "string", birth_place: "string", mother: maybe, father: maybe, registered_on: "string", office: "string" },
  },
  marriage: {
    ...{ number: "string", husband: "string", wife: "string", husband_surname: "string", wife_surname: "string" },
    ...{ on: "string", office: "string", ended_by: maybe, ended_on: maybe },
  },
  marriage_end: { number: "string", by: "string", on: "string" },
  divorce: {
    ...{ number: "string", marriage: "string", husband: "string", wife: "string", husband_surname: "string" },
    ...{ wife_surname: "string", basis: "string", on: "string", registered_on: "string", office: "string" },
  },
  name_change: {
    ...{ number: "string", pin: "string", surname_before: "string", given_name: "string", patronymic: maybe },
    ...{ surname: "string", on: "string", office: "string" },
  },
  status: { pin: "string", status: "string", spouse: maybe, since: "string", act: "string" },
  status_change: { pin: "string", status: "string", since: "string", act: "string" },
  guardianship: { ward: "string", guardian: "string", since: "string", until: "string" },
  household: {
    ...{ number: "string", head: "string", dwelling: "string", since: "string", land: maybe, cattle: maybe, sheep: maybe },
    ...{ goats: maybe, horses: maybe, poultry: maybe, beehives: maybe, counted_on: maybe },
  },
  member: { pin: "string", household: "string", relation: "string", since: "string" },
  company: {
    ...{ tin: "string", okpo: "string", number: "string", form: "string", name_ky: "string", name_ru: "string" },
    ...{ name_kk: "string", name_en: "string", activity: "string", dwelling: "string", since: "string" },
    ...{ capital: "number", currency: "string" },
  },
  branch: {
    ...{ number: "string", tin: "string", name_ky: "string", name_ru: "string", dwelling: "string", since: "string" },
    head: "string",
  },
  director: { tin: "string", pin: "string", since: "string", until: "string" },
  director_change: { tin: "string", pin: "string", since: "string", until: "string" },
  stake: { number: "string", tin: "string", pin: "string", percent: "string", since: "string", origin: "string" },
  stake_opening: { number: "string", on: "string" },
  stake_passing: { number: "string", on: "string" },
  winding_up: { tin: "string", on: "string" },
  parcel: {
    ...{ code: "string", dwelling: "string", district: "string", area: "string", purpose: "string", shape: "string" },
    since: "string",
  },
  property: {
    ...{ code: "string", kind: "string", dwelling: "string", parcel: maybe, area: "string", rooms: "number" },
    ...{ floors: "number", built: "number", since: "string" },
  },
  right: {
    ...{ number: "string", property: maybe, parcel: maybe, pin: maybe, tin: maybe, numerator: "number", denominator: "number" },
    ...{ basis: "string", since: "string", price: maybe, currency: maybe, origin: "string" },
  },
  right_opening: { number: "string", on: "string" },
  right_passing: { number: "string", on: "string", how: "string" },
  mortgage: {
    ...{ number: "string", property: "string", creditor: "string", amount: "number", currency: "string" },
    ...{ since: "string", until: "string" },
  },
  vehicle: {
    ...{ vin: "string", plate: "string", kind: "string", make: "string", model: "string", built: "number" },
    ...{ colour: "string", fuel: "string", volume: "number", pin: maybe, tin: maybe, certificate: "string", since: "string" },
  },
  vehicle_sale: { vin: "string", buyer: "string", certificate: "string", on: "string" },
  vehicle_opening: { vin: "string", on: "string" },
  vehicle_inheritance: { vin: "string", heir: "string", certificate: "string", on: "string" },
  licence: { number: "string", pin: "string", categories: "string", since: "string", until: "string" },
  suspension: { number: "string", on: "string", until: "string" },
  licence_end: { number: "string", on: "string" },
};

export const kinds = Object.keys(shapes) as Kind[];

/** A list for each kind, all empty. */
export function emptyRows(): { [K in Kind]: Rows[K][] } {
  return Object.fromEntries(kinds.map((kind) => [kind, []])) as unknown as { [K in Kind]: Rows[K][] };
}
