import { skeleton } from "@kerege/kernel/skeleton";
import type { ReferenceDoor } from "@kerege/reference";
import type { CompiledField } from "./compile.ts";
import type { LookupPart } from "./declaration.ts";
import { type Option, optionOf } from "./form.ts";
import type { ReadPurpose, Registers } from "./registers.ts";
import type { Settled } from "./situation.ts";

const MOST_PLACES = 5;
/** Places of exactly the name that was typed: all of them are looked at, since a person lives in one. */
const MOST_OF_ONE_NAME = 40;
const MOST_MATCHES = 12;

export type Found = { options: Option[] } | { missing: string };

/** Looks for what the person typed: names are turned into codes first, then the declared search is used, then the rest compared. */
export async function lookUp(given: {
  registers: Registers;
  reference: Pick<ReferenceDoor, "search">;
  purpose: ReadPurpose;
  settled: Settled;
  field: CompiledField;
}): Promise<Found> {
  const { registers, field, settled, purpose } = given;
  const { field: name, lookup } = field.declaration;
  if (!lookup) return { options: [] };
  const typed = (part: LookupPart) => String(settled.situation.typed[`${name}.${part.part}`] ?? "").trim();
  let searches: Record<string, string>[] = [{}];
  for (const part of lookup.parts) {
    const text = typed(part);
    if (part.filter || text === "") continue;
    const values = part.classifier ? codesOf(given, part.classifier, text) : [text];
    if (values.length === 0) return { missing: part.part };
    searches = searches.flatMap((search) => values.map((value) => ({ ...search, [part.part]: value })));
  }
  const { register, condition, fields, ground } = lookup;
  const request = { register, condition, fields, ground, case: purpose.case, service: purpose.service };
  const pages = await Promise.all(
    searches.slice(0, MOST_OF_ONE_NAME).map((values) => registers.search(purpose.actor, { ...request, values })),
  );
  const filters = lookup.parts.filter((part) => part.filter && typed(part) !== "");
  const key = field.register!.key;
  const options = pages
    .flatMap((page) => page.rows)
    .filter((row) => filters.every((part) => sameText(String(row.values[part.part] ?? ""), typed(part))))
    .slice(0, MOST_MATCHES)
    .map((row) =>
      optionOf({
        situation: settled.situation,
        facts: settled.facts,
        factName: name,
        record: { ...row.values, [key]: row.key },
        field,
      }),
    );
  return { options };
}

function codesOf(
  { reference, settled }: { reference: Pick<ReferenceDoor, "search">; settled: Settled },
  classifier: string,
  text: string,
): string[] {
  const found = reference.search(classifier, text, { language: settled.situation.language, limit: MOST_OF_ONE_NAME });
  const asked = skeleton(text);
  // The search gives names that are the same first.
  const same = found.filter(({ name }) => Object.values(name).some((one) => skeleton(one) === asked));
  return found.slice(0, Math.max(MOST_PLACES, same.length)).map((item) => item.code);
}

/** House 14a is house 14А. */
function sameText(a: string, b: string): boolean {
  return skeleton(a).replaceAll(" ", "") === skeleton(b).replaceAll(" ", "");
}
