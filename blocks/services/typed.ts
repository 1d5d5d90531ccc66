import type { CompiledPage } from "./compile.ts";
import type { FieldDeclaration } from "./declaration.ts";
import type { RawAnswers } from "./door.ts";
import { problem } from "./problems.ts";
import type { Typed } from "./situation.ts";

const MOST_CHARACTERS = 8000;
const MOST_VALUES = 50;

/** Keeps what belongs to the page. A name the page does not have is a Problem; a field that did not come counts as left empty. */
export function acceptTyped(page: CompiledPage, given: RawAnswers): Typed {
  const names = new Map(
    page.fields.flatMap(({ declaration }) => inputsOf(declaration).map((name) => [name, declaration] as const)),
  );
  for (const name of Object.keys(given))
    if (!names.has(name)) throw problem("unknown-answer", { params: { name: name.slice(0, 60) } });
  const typed: Typed = {};
  for (const [name, declaration] of names) {
    const values = [given[name] ?? []]
      .flat()
      .slice(0, MOST_VALUES)
      .map((value) => value.slice(0, MOST_CHARACTERS));
    typed[name] = declaration.many && name === declaration.field ? values : (values.at(-1) ?? "");
  }
  return typed;
}

/** Names of the inputs a field is made of in an HTML form. */
export function inputsOf(declaration: FieldDeclaration): string[] {
  const { field, type, lookup } = declaration;
  if (type === "date") return [field, `${field}.day`, `${field}.month`, `${field}.year`];
  return lookup ? [field, ...lookup.parts.map(({ part }) => `${field}.${part}`)] : [field];
}

/** True where a lookup's words are those that were searched for before. */
export function samePick({ field, lookup }: FieldDeclaration, before: Typed, given: Typed): boolean {
  const words = (typed: Typed) => lookup!.parts.map(({ part }) => String(typed[`${field}.${part}`] ?? "").trim());
  return `${field}.${lookup!.parts[0]!.part}` in before && words(before).join("\n") === words(given).join("\n");
}

/** Lookups whose found were not shown yet for what is typed now. A pick that was made for other words is dropped. */
export function stalePicks(page: CompiledPage, before: Typed, given: Typed): Set<string> {
  const stale = new Set<string>();
  for (const { declaration } of page.fields) {
    if (!declaration.lookup || samePick(declaration, before, given)) continue;
    stale.add(declaration.field);
    if (declaration.lookup.parts.some(({ part }) => `${declaration.field}.${part}` in before)) given[declaration.field] = "";
  }
  return stale;
}
