import type { Holder, StaffAct } from "./door.ts";

/** A term of an official in a post, from the acts that opened and closed it. `until` is the first day out of it. */
export interface Term {
  post: string;
  number: number;
  official: string;
  name: Holder["name"];
  from: string;
  until?: string;
  ground: Holder["ground"];
}

/** The terms of one post from its acts in order: an appointment opens one, the dismissal after it ends it, or its own `until` does. */
export function termsOf(acts: StaffAct[]): Term[] {
  const terms: Term[] = [];
  for (const { act, post, number, official, name, on, until, ground } of acts) {
    if (act === "appointed")
      terms.push({ post, number, official, name, from: on, ...(until !== undefined && { until }), ground });
    else {
      const last = terms.at(-1);
      if (last && (last.until === undefined || on < last.until)) last.until = on;
    }
  }
  return terms;
}

/** Whether a new term may follow: it begins when the last one has ended, and ends after it begins. */
export function mayFollow(acts: StaffAct[], next: { from: string; until?: string }): "yes" | "taken" | "wrong-term" {
  if (next.until !== undefined && next.until <= next.from) return "wrong-term";
  const last = termsOf(acts).at(-1);
  if (last === undefined) return "yes";
  return last.until !== undefined && last.until <= next.from ? "yes" : "taken";
}

/** The open term a dismissal of that day would end. */
export function endedBy(acts: StaffAct[], on: string): Term | "vacant" | "wrong-term" {
  const last = termsOf(acts).at(-1);
  if (last === undefined || (last.until !== undefined && last.until <= on)) return "vacant";
  // A second dismissal of the same term would rewrite the first one.
  if (acts.at(-1)?.act === "dismissed") return "vacant";
  return on > last.from ? last : "wrong-term";
}
