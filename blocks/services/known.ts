import { formatDate, formatNumber } from "@kerege/kernel/format";
import type { Language, Translate } from "@kerege/kernel/locale";
import type { RegisterDeclaration, RegisterField } from "@kerege/registry";
import type { FieldDeclaration, Plain } from "./declaration.ts";
import type { KnownFact } from "./door.ts";
import { inLanguage, isRecord, type LabelOf, type Settled, type Situation } from "./situation.ts";

export interface Showing {
  language: Language;
  translate: Translate;
  label: LabelOf;
}

/** Facts as a person reads them: title, value in words, and the register that says so. Unknown or empty ones are left out. */
export function knownFacts(settled: Settled, names: string[], showing: Showing): KnownFact[] {
  const { facts } = settled;
  const { edition } = settled.situation;
  return names.flatMap((name) => {
    const [factName, fieldName] = name.split(".") as [string, string | undefined];
    const fact = edition.facts.find((one) => one.name === factName);
    const value = facts[factName];
    if (!fact || !fieldName) return [];
    const { register } = fact;
    if (Array.isArray(value)) return knownList(register, { name, field: fieldName, records: value.filter(isRecord) }, showing);
    if (!isRecord(value)) return [];
    return knownFact(register, { name, field: fieldName, value: value[fieldName] ?? null }, showing);
  });
}

/** A fact that is a list (my children, my flats): one line with what each record says, in the order they came. */
function knownList(
  register: RegisterDeclaration,
  given: { name: string; field: string; records: Record<string, Plain>[] },
  showing: Showing,
): KnownFact[] {
  const { name, field, records } = given;
  const all = records.flatMap((record) => knownFact(register, { name, field, value: record[field] ?? null }, showing));
  const [first] = all;
  return first ? [{ ...first, value: all.map(({ value }) => value).join("; ") }] : [];
}

function knownFact(
  register: RegisterDeclaration,
  given: { name: string; field: string; value: Plain },
  showing: Showing,
): KnownFact[] {
  const field = register.fields[given.field];
  // A reference is the number of another record, whose own facts say it in words.
  if (!field || field.type === "reference" || given.value === null || given.value === "") return [];
  const value = shownValue(field, given.value, showing);
  return [{ name: given.name, title: field.title[showing.language], value, source: register.title[showing.language] }];
}

function shownValue(field: RegisterField, value: Plain, { language, translate, label }: Showing): string {
  if (typeof value === "boolean") return translate(value ? "services.yes" : "services.no");
  if (typeof value === "number") return formatNumber(language, value);
  if (isRecord(value)) return inLanguage(value, language);
  if (typeof value !== "string") return "";
  if (field.classifier) return label(field.classifier, value, language);
  return field.type === "date" ? formatDate(language, value) : (field.valueTitles?.[value]?.[language] ?? value);
}

/** Facts a refusal looked at, and the answers among them. Registers are read on the day of the application. */
export function refusalFacts(
  { edition, day }: Pick<Situation, "edition" | "day">,
  facts: { name: string; value: Plain }[],
  showing: Showing,
): KnownFact[] {
  return facts.flatMap(({ name, value }) => {
    const [first, second] = name.split(".") as [string, string | undefined];
    const fact = edition.facts.find((one) => one.name === first);
    if (fact && second)
      return knownFact(fact.register, { name, field: second, value }, showing).map((known) => ({ ...known, readOn: day }));
    if (first !== "answers") return [];
    const field = edition.pages.flatMap((page) => page.fields).find((one) => one.declaration.field === second)?.declaration;
    const said = field && shownAnswer(field, value, showing);
    if (!field || said === undefined) return [];
    return [{ name, title: field.title[showing.language], value: said, source: showing.translate("services.your-answer") }];
  });
}

/** What was answered, in words, where it is one of a kind: texts and picked records say nothing about a rule. */
function shownAnswer(
  { type, options = [] }: FieldDeclaration,
  value: Plain,
  { language, translate }: Showing,
): string | undefined {
  if (typeof value === "number") return formatNumber(language, value);
  if (typeof value === "boolean") return translate(value ? "services.yes" : "services.no");
  if (typeof value !== "string") return undefined;
  return type === "date" ? formatDate(language, value) : options.find(({ option }) => option === value)?.title[language];
}
