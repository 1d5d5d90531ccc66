import { skeleton } from "@kerege/kernel/skeleton";

/** Sounds that a skeleton writes with two letters (ш, я, ю): one wrong letter of a name may be two of its skeleton. */
const pairs = ["sh", "ia", "iu"];
const LONGEST = 40;

function cut(name: string): string {
  return name.slice(0, LONGEST).trim();
}

function collapse(text: string): string {
  return text.replace(/(.)\1+/g, "$1").trim();
}

/**
 * What is left of a name when any one sound is left out, and the name itself: two names that differ by one wrong, missing, added or
 * swapped letter have a form in common (the deletion dictionary of SymSpell). A doubled letter that arises is written once, as in
 * every skeleton.
 */
export function formsOf(name: string): string[] {
  const whole = cut(name);
  const forms = new Set([whole]);
  for (let at = 0; at < whole.length; at++) {
    forms.add(collapse(whole.slice(0, at) + whole.slice(at + 1)));
    if (pairs.includes(whole.slice(at, at + 2))) forms.add(collapse(whole.slice(0, at) + whole.slice(at + 2)));
  }
  forms.delete("");
  return [...forms];
}

// One sign for each such sound, which no skeleton has.
const sounds: [RegExp, string][] = [
  [/sh/g, "x"],
  [/ia/g, "w"],
  [/iu/g, "y"],
];

function sounded(name: string): string {
  let text = name;
  for (const [pattern, sign] of sounds) text = text.replace(pattern, sign);
  return text;
}

/** How many letters must be changed, left out, added or swapped with a neighbour between two skeletons. */
export function distanceOf(one: string, other: string): number {
  const [a, b] = [cut(one), cut(other)];
  const plain = alignment(a, b);
  return plain < 2 ? plain : Math.min(plain, alignment(sounded(a), sounded(b)));
}

/** Optimal string alignment. */
function alignment(a: string, b: string): number {
  let [before, previous]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let least = Math.min(previous![j]! + 1, row[j - 1]! + 1, previous![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before![j - 2]! + 1);
      row.push(least);
    }
    [before, previous] = [previous, row];
  }
  return previous![b.length]!;
}

/** Names of two edits are kept: one wrong letter between two like ones changes what is written once. */
const FARTHEST = 2;

/** The names of a dictionary near to what was typed, the nearest first. */
export function nearest(typed: string, candidates: string[]): { name: string; distance: number }[] {
  return candidates
    .map((name) => ({ name, distance: distanceOf(typed, name) }))
    .filter(({ distance }) => distance <= FARTHEST)
    .sort((a, b) => a.distance - b.distance);
}

const MOST_KEPT = 200_000;
const kept = new Map<string, string>();

/** `skeleton`, remembered: names come again and again. */
export function spellingOf(text: string): string {
  let known = kept.get(text);
  if (known === undefined) {
    known = skeleton(text);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(text, known);
  }
  return known;
}
