import { type Language, languages } from "@kerege/kernel/locale";
import { skeleton } from "@kerege/kernel/skeleton";
import type { Item } from "./declaration.ts";

export interface SearchIndex {
  /** At most `limit` items that `allows` lets pass, best first. */
  find(text: string, options: { language: Language; limit: number; allows(item: Item): boolean }): Item[];
}

interface Entry {
  item: Item;
  /** The code and the values of properties, in small letters. */
  codes: string[];
  /** Skeletons of its different names, each with a space in front so that " x" finds the beginning of a word. */
  names: string[];
}

const ranks = { whole: 0, beginning: 1, words: 2, inside: 3, none: 4 } as const;

/** An index over one classifier. A few thousand items are looked through in less than a millisecond, so there is no tree. */
export function createSearchIndex(items: Item[]): SearchIndex {
  const entries: Entry[] = items.map((item) => ({
    item,
    codes: [item.code, ...Object.values(item.properties ?? {})].map((code) => code.toLowerCase()),
    names: [...new Set(languages.map((language) => ` ${skeleton(item.name[language])}`))],
  }));
  const collators = new Map<Language, Intl.Collator>();
  return {
    find(text, { language, limit, allows }) {
      const asked = skeleton(text);
      const code = text.trim().toLowerCase();
      if (asked === "" && code !== "") return [];
      const words = asked === "" ? [] : asked.split(" ").map((word) => ` ${word}`);
      const found: { item: Item; rank: number }[] = [];
      for (const entry of entries) {
        const rank = entry.codes.includes(code) ? ranks.whole : rankOf(entry, asked, words);
        if (rank !== ranks.none && allows(entry.item)) found.push({ item: entry.item, rank });
      }
      let collator = collators.get(language);
      if (!collator) {
        collator = new Intl.Collator(language);
        collators.set(language, collator);
      }
      const compare = collator.compare;
      found.sort(
        (a, b) =>
          a.rank - b.rank || (b.item.weight ?? 0) - (a.item.weight ?? 0) || compare(a.item.name[language], b.item.name[language]),
      );
      return found.slice(0, limit).map(({ item }) => item);
    },
  };
}

function rankOf(entry: Entry, asked: string, words: string[]): number {
  if (words.length === 0) return ranks.words;
  let best: number = ranks.none;
  for (const name of entry.names) {
    if (name.length === asked.length + 1 && name.endsWith(asked)) return ranks.whole;
    if (name.startsWith(words[0]!) && name.startsWith(` ${asked}`)) best = Math.min(best, ranks.beginning);
    else if (words.every((word) => name.includes(word))) best = Math.min(best, ranks.words);
    else if (asked.length > 2 && name.includes(asked)) best = Math.min(best, ranks.inside);
  }
  return best;
}
