import type { Packs } from "@kerege/kernel/pack";
import { readCsv } from "@kerege/reference";
import type { Model } from "./declaration.ts";
import type { NameRow } from "./names.ts";

/** The list of names: `kind,sex,name,community,weight`. */
export function readNames(text: string): NameRow[] {
  return readCsv(text).rows.map(({ values }) => ({
    kind: values.kind ?? "",
    sex: values.sex ?? "",
    name: values.name ?? "",
    community: values.community ?? "",
    weight: Number(values.weight),
  }));
}

/** What the country says of its invented people, or nothing where it says nothing. */
export function readModel(packs: Packs): { model: Model; names: NameRow[] } | undefined {
  const model = packs.files<Model>("people-model")[0]?.value;
  const names = packs.files<string>("people-names")[0];
  return model && names ? { model, names: readNames(names.text) } : undefined;
}
