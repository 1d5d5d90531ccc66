import type { Report } from "@kerege/kernel/pack";
import { nearest, type Path } from "@kerege/kernel/schema";
import type { Agreement, Ground, KnownFact, RegisterDeclaration } from "./declaration.ts";

/** What the checks of a file look into and speak with. */
export interface Checking {
  report: Report;
  registers: Map<string, RegisterDeclaration>;
  agreements: Map<string, Agreement>;
  grounds: Map<string, Ground>;
  facts: Map<string, KnownFact>;
  /** Names of classifiers; undefined where no reference data is among the packs. */
  classifiers: Set<string> | undefined;
}

/** The declared name that was probably meant; `none` chooses the words for when there is none. */
function near(word: string, declared: Iterable<string>): string {
  return nearest(word, declared) || "none";
}

/** Says that a name is not among the declared ones. */
export function unless(
  known: Iterable<string>,
  name: string,
  tell: { say: (place: Path, code: string, params: Record<string, string>) => void; place: Path; code: string },
): boolean {
  const list = [...known];
  if (list.includes(name)) return true;
  tell.say(tell.place, tell.code, { name, field: name, near: near(name, list) });
  return false;
}
