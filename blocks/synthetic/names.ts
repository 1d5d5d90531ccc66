import { createLottery, type Random } from "./random.ts";

export type Sex = "f" | "m";

/** How the father's name is said in a person's name: Бакытович, Бакыт уулу, Бақытұлы, or not at all. */
export type PatronymicStyle = "slavic" | "uulu" | "uly" | "none";

export interface NameRow {
  kind: string;
  sex: string;
  name: string;
  community: string;
  weight: number;
}

export interface NameBook {
  surname(random: Random, community: string): string;
  givenName(random: Random, of: { community: string; sex: Sex; bornBefore1970: boolean }): string;
}

/** Draws names of each community by their weights. */
export function createNameBook(rows: NameRow[]): NameBook {
  const lotteries = new Map<string, (random: Random) => string>();
  const lotteryOf = (key: string, filter: (row: NameRow) => number) => {
    let lottery = lotteries.get(key);
    if (!lottery) {
      const entries = rows.map((row) => ({ value: row.name, weight: filter(row) })).filter(({ weight }) => weight > 0);
      lottery = createLottery(entries);
      lotteries.set(key, lottery);
    }
    return lottery;
  };
  return {
    surname: (random, community) =>
      lotteryOf(`surname/${community}`, (row) =>
        row.kind === "surname" && row.community === community && row.sex !== "f" ? row.weight : 0,
      )(random),
    // Names that are rare today were usual among the old.
    givenName: (random, { community, sex, bornBefore1970 }) =>
      lotteryOf(`${sex}/${community}/${bornBefore1970}`, (row) =>
        row.kind === "given" && row.community === community && row.sex === sex
          ? bornBefore1970
            ? 4 - row.weight
            : row.weight ** 2
          : 0,
      )(random),
  };
}

/** The surname as it is written for a sex; surnames that do not change stay. */
export function surnameFor(surname: string, sex: Sex): string {
  if (sex === "m") return surname;
  if (/(ов|ев|ёв|ин|ын)$/.test(surname)) return `${surname}а`;
  if (/(ский|цкий|ской)$/.test(surname)) return `${surname.slice(0, -2)}ая`;
  return surname;
}

const irregular: Record<string, [string, string]> = {
  Илья: ["Ильич", "Ильинична"],
  Никита: ["Никитич", "Никитична"],
  Лев: ["Львович", "Львовна"],
  Павел: ["Павлович", "Павловна"],
  Пётр: ["Петрович", "Петровна"],
  Михаил: ["Михайлович", "Михайловна"],
  Яков: ["Яковлевич", "Яковлевна"],
  Игорь: ["Игоревич", "Игоревна"],
};

/** The part of a name that comes from the father's given name, or nothing for the style `none`. */
export function patronymic(father: string, sex: Sex, style: PatronymicStyle): string | undefined {
  if (style === "none") return undefined;
  if (style === "uulu") return `${father} ${sex === "m" ? "уулу" : "кызы"}`;
  if (style === "uly") return `${father}${sex === "m" ? "ұлы" : "қызы"}`;
  const special = irregular[father];
  if (special) return special[sex === "m" ? 0 : 1];
  const [stem, end] = slavicStem(father);
  return `${stem}${end}${sex === "m" ? "вич" : "вна"}`;
}

function slavicStem(father: string): [string, "о" | "е"] {
  if (/[аеиоуыэюя][влнр]ий$/i.test(father)) return [`${father.slice(0, -2)}ь`, "е"];
  if (/[йь]$/.test(father)) return [father.slice(0, -1), "е"];
  // Шералы becomes Шералиевич, as the papers have it.
  if (/ы$/.test(father)) return [`${father.slice(0, -1)}и`, "е"];
  if (/[аәеёиіоөуүұэюя]$/.test(father)) return [father, "е"];
  return [father, /[жшчщц]$/.test(father) ? "е" : "о"];
}
