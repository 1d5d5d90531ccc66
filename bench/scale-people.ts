import type { Values } from "@kerege/registry";
import { makePin } from "@kerege/registry";

export interface Row {
  key: string;
  values: Values;
  validFrom: string;
}

/** Numbers from a seed (mulberry32): the same people in every run. */
export function createDice(seed: number): { next(): number; below(most: number): number } {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (most) => Math.floor(next() * most) };
}

// Halves of Kyrgyz names; put together they make some 7,000 names of men and as many of women, of which many sound alike.
const first =
  "Азам Айды Айт Акыл Алма Алты Аман Асан Аскар Ата Багы Бак Бала Барс Бек Бекти Болот Бору Дани Джаны Дөөлөт Жакшы Жаман Жаны Жапар Жолдош Жума Жусуп Иса Кадыр Калы Каны Кара Карим Кенже Кубат Кулман Курман Кут Кыдыр Майрам Мамат Мирза Молдо Мурат Нур Омур Орозо Осмон Рыс Сагын Садыр Салы Сапар Суйун Сулай Сыдык Таалай Табыл Тагай Талант Таш Темир Тил Токто Толо Тура Турсун Улан Урмат Уста Чолпон Чоро Чын Шайлоо Шамшы Шер Ыман Ысак Ыры Эгем Элдар Эмил Эркин Эрмек Эсен";
const second =
  "бек бай кул мырза али алы жан гул дөөлөт хан бала баш болот жол казы кан керим кожо кайрат марат мат мурат назар нияз өмүр пай рахман рыскул сабыр сары сейит сын султан таш тай темир түр турган уулу шайык шер ыкбал ыбрай эр этен мамбет датка зат";
const halves = [first.split(" "), second.split(" ")] as const;
const streets =
  "Достук Манас Чүй Ала-Тоо Бейшеналиева Токтогул Московская Ленин Пушкин Абай Жибек-Жолу Айтматов Раззаков Юнусалиев Боконбаев Эркиндик Горький Фрунзе Мира Садовая".split(
    " ",
  );
const FIRST_DAY = Date.UTC(1935, 0, 1);
// Odd, so that a day meets both sexes in turn.
const DAYS = 33_001;
const DAY_MS = 86_400_000;

const names = halves[0].flatMap((one) => halves[1].map((other) => one + other));
const women = names.map((name) => `${name}${/[аоуыэяюеи]$/.test(name) ? "ш" : "а"}`);
const days = Array.from({ length: DAYS }, (_, index) => new Date(FIRST_DAY + index * DAY_MS).toISOString().slice(0, 10));

const isSoft = (name: string) => /[аоуыэяюеи]$/.test(name);
/** Of a man's name: the surnames of his sons and daughters, and their names after their father. */
const surnames = {
  m: names.map((name) => `${name}${isSoft(name) ? "ев" : "ов"}`),
  f: names.map((name) => `${name}${isSoft(name) ? "ева" : "ова"}`),
};
const patronymics = { m: names.map((name) => `${name}ович`), f: names.map((name) => `${name}овна`) };
const regions = Array.from({ length: 9 }, (_, index) => `KG0${index}`);
const places = Array.from({ length: 1800 }, (_, index) => `${regions[index % 9]}${index}`);
const houses = Array.from({ length: 400 }, (_, index) => String(index + 1));

/** Common names are common: the chance falls with the place in the list. */
const often = (dice: ReturnType<typeof createDice>, list: readonly string[]) => list[Math.floor(dice.next() ** 2 * list.length)]!;

/** So many people with the addresses they live at; some thousands at a time. */
export function* makePeople(count: number, seed = 1): Generator<Row[]> {
  const dice = createDice(seed);
  let rows: Row[] = [];
  let made = 0;
  // Around all days, sexes in turn, with one serial number each round.
  for (let serial = 0; made < count; serial++) {
    for (let index = 0; index < 2 * DAYS && made < count; index++) {
      const [sex, bornOn] = [index % 2 === 0 ? ("f" as const) : ("m" as const), days[(index * 7919) % DAYS]!];
      const key = makePin({ sex, bornOn, serial });
      if (!key) continue;
      made++;
      rows.push({ key, validFrom: "2024-01-01", values: personOf(dice, { sex, bornOn }) });
      if (rows.length === 4096) {
        yield rows;
        rows = [];
      }
    }
  }
  if (rows.length > 0) yield rows;
}

function personOf(dice: ReturnType<typeof createDice>, { sex, bornOn }: { sex: "f" | "m"; bornOn: string }): Values {
  const place = dice.below(places.length);
  return {
    surname: often(dice, surnames[sex]),
    given_name: often(dice, sex === "f" ? women : names),
    patronymic: often(dice, patronymics[sex]),
    sex,
    born_on: bornOn,
    region: regions[place % regions.length]!,
    place: places[place]!,
    street: streets[dice.below(streets.length)]!,
    house: houses[dice.below(houses.length)]!,
    since: days[DAYS - 1 - dice.below(4000)]!,
  };
}

const letters = "абвгдежзийклмнопрстуүхцчшыэюя";

/** A name with one letter changed, left out or added. */
export function misspell(dice: ReturnType<typeof createDice>, name: string): string {
  const at = dice.below(name.length);
  const letter = letters[dice.below(letters.length)]!;
  const way = dice.below(3);
  return name.slice(0, at) + (way === 1 ? "" : letter) + name.slice(way === 2 ? at : at + 1);
}
