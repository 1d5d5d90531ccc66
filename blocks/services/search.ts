import { type Language, languages } from "@kerege/kernel/locale";
import { skeleton } from "@kerege/kernel/skeleton";
import type { Edition } from "./declaration.ts";

interface Word {
  word: string;
  weight: number;
}

/** Finds services by what people type: any language, with or without Kyrgyz letters, Latin, the beginning of a word, small slips. */
export function createSearch(editions: Edition[]): (text: string, language: Language) => string[] {
  const index = editions.map((edition) => ({ id: edition.service.service, words: wordsOf(edition) }));
  return (text, language) => {
    const wanted = split(text.slice(0, 200)).slice(0, 8);
    if (wanted.length === 0) return [];
    return index
      .map(({ id, words }) => ({ id, score: scoreOf(wanted, words, language) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .map(({ id }) => id);
  };
}

function wordsOf({ service }: Edition): Record<Language, Word[]> {
  const words = { ky: [], ru: [], kk: [], en: [] } as Record<Language, Word[]>;
  for (const language of languages) {
    const add = (text: string, weight: number) => {
      for (const word of split(text))
        if (!words[language].some((known) => known.word === word)) words[language].push({ word, weight });
    };
    add(service.title[language], 4);
    for (const keyword of service.keywords[language]) add(keyword, 3);
    add(service.summary[language], 1);
  }
  return words;
}

/** Every word that was typed must be met; a word that is met nowhere makes the whole miss, unless it is one of four or more. */
function scoreOf(wanted: string[], words: Record<Language, Word[]>, language: Language): number {
  let score = 0;
  let missed = 0;
  for (const word of wanted) {
    let best = 0;
    for (const own of languages) {
      // What is written in the reader's own language counts for more where languages share a word.
      const share = own === language ? 1 : 0.8;
      for (const known of words[own]) best = Math.max(best, closeness(word, known.word) * known.weight * share);
    }
    if (best === 0) missed++;
    score += best;
  }
  return missed === 0 || (wanted.length >= 4 && missed === 1) ? score / wanted.length : 0;
}

/** 1 for the same word, less for its beginning, less for a slip or another ending; 0 for another word. */
export function closeness(typed: string, word: string): number {
  if (typed === word) return 1;
  if (typed.length >= 2 && word.startsWith(typed)) return 0.6 + (0.3 * typed.length) / word.length;
  if (typed.length < 4 || word.length < 4) return 0;
  // Kyrgyz and Kazakh put endings after the word and Russian changes them: a long common beginning is the same word.
  const common = commonBeginning(typed, word);
  if (common >= 5 && common >= Math.max(typed.length, word.length) * 0.6) return 0.55;
  const allowed = typed.length >= 8 ? 2 : 1;
  if (isWithin(typed, word, allowed)) return 0.5;
  return typed.length >= 5 && word.length > typed.length && isWithin(typed, word.slice(0, typed.length), 1) ? 0.4 : 0;
}

function commonBeginning(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

/** True where at most `limit` letters were left out, added, changed or swapped with their neighbour. */
function isWithin(a: string, b: string, limit: number): boolean {
  if (Math.abs(a.length - b.length) > limit || Math.max(a.length, b.length) > LONGEST_WORD) return false;
  if (strangers(a, b) > limit) return false;
  let [before, row, next] = rows as [Uint8Array, Uint8Array, Uint8Array];
  for (let j = 0; j <= b.length; j++) row[j] = j;
  for (let i = 1; i <= a.length; i++) {
    let nearest = i;
    next[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let least = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1))
        least = Math.min(least, before[j - 2]! + 1);
      next[j] = least;
      if (least < nearest) nearest = least;
    }
    if (nearest > limit) return false;
    [before, row, next] = [row, next, before];
  }
  return row[b.length]! <= limit;
}

const LONGEST_WORD = 200;
// Three rows of the table are enough and are used over and over: a search compares with every known word.
const rows = [0, 1, 2].map(() => new Uint8Array(LONGEST_WORD + 1));

/** At least so many letters of one word have no like in the other: each needs a slip of its own. Cheap, and rules out most words. */
function strangers(a: string, b: string): number {
  const [inA, inB] = [letters(a), letters(b)];
  return Math.max(bits(inA & ~inB), bits(inB & ~inA));
}

function letters(word: string): number {
  let set = 0;
  for (let at = 0; at < word.length; at++) set |= 1 << (word.charCodeAt(at) & 31);
  return set;
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function split(text: string): string[] {
  return skeleton(text)
    .split(" ")
    .filter((word) => word.length > 1);
}
