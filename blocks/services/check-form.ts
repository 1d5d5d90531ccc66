import type { Path } from "@kerege/kernel/schema";
import { asksWhatIsKnown, type KnownFact } from "@kerege/registry";
import type { Checking } from "./check.ts";
import { checkReading, ownNames } from "./check-facts.ts";
import type { FieldDeclaration } from "./declaration.ts";

/** The form: names used once, options where they are needed, and nothing asked that a register in scope knows. */
export function checkForm(checking: Checking): void {
  const { files, report } = checking;
  const facts = files.facts?.value.facts ?? {};
  const pages = new Set<string>();
  const fields = new Set<string>();
  for (const [index, page] of (files.form?.value.pages ?? []).entries()) {
    if (pages.has(page.page)) report("form", ["pages", index, "page"], "page-twice", { page: page.page });
    pages.add(page.page);
    if (index === 0 && page.when !== undefined) report("form", ["pages", 0, "when"], "first-page-conditional");
    for (const [number, shown] of (page.shows ?? []).entries()) {
      const [fact, field] = shown.split(".") as [string, string];
      if (!facts[fact]?.fields.includes(field))
        report("form", ["pages", index, "shows", number], "unknown-fact", { fact: shown });
    }
    for (const [number, field] of page.fields.entries()) {
      const place: Path = ["pages", index, "fields", number];
      if (fields.has(field.field)) report("form", [...place, "field"], "field-twice", { field: field.field });
      fields.add(field.field);
      if (field.field in facts || (field.lookup && ownNames.includes(field.field)))
        report("form", [...place, "field"], "name-taken", { name: field.field });
      checkField(checking, field, place);
      checkOnceOnly(checking, field, place);
    }
  }
}

function checkField(checking: Checking, field: FieldDeclaration, place: Path): void {
  const { report, registers } = checking;
  const lacks = (what: string) => report("form", place, "field-lacks", { field: field.field, what });
  if (field.type === "choice" && !field.options) lacks("options");
  if (field.type === "record" && !field.from) lacks("from");
  if ((field.type === "record" || field.type === "lookup") && !field.label) lacks("label");
  if ((field.type === "lookup") !== (field.lookup !== undefined)) lacks("lookup");
  const facts = checking.files.facts?.value.facts ?? {};
  for (const [number, fact] of (field.from ?? []).entries()) {
    if (!(fact in facts)) report("form", [...place, "from", number], "unknown-fact", { fact });
  }
  const { lookup } = field;
  if (!lookup) return;
  const register = registers.get(lookup.register);
  checkReading(checking, { part: "form", place: [...place, "lookup"], ...lookup });
  // Whoever may type a key would otherwise learn about the person behind it.
  if (register?.subject !== undefined)
    report("form", [...place, "lookup", "register"], "lookup-of-people", { register: lookup.register });
  const condition = register?.search[lookup.condition];
  if (!condition) return;
  const known = [...(condition.exact ?? []), ...(condition.prefix ? [condition.prefix] : [])];
  for (const [number, part] of lookup.parts.entries()) {
    if (part.filter ? !lookup.fields.includes(part.part) : !known.includes(part.part)) {
      report("form", [...place, "lookup", "parts", number, "part"], "not-of-search", {
        field: part.part,
        known: known.join(", "),
      });
    }
  }
  for (const field_ of condition.exact ?? []) {
    if (!lookup.parts.some((part) => part.part === field_ && !part.filter))
      report("form", [...place, "lookup", "parts"], "search-lacks", { field: field_ });
  }
}

/**
 * Once only (M-0.2): what the state knows is not asked, except to correct it, and then the form says why. A question is bound to a
 * known fact, or to a field of a register in scope, by `asks`, by its name, or by its words in any language and spelling.
 */
function checkOnceOnly({ files, registers, packs, report }: Checking, field: FieldDeclaration, place: Path): void {
  if (field.asks !== undefined) {
    const [registerName, name] = field.asks.split(".") as [string, string];
    const known = registers.get(registerName)?.fields[name];
    if (!known) report("form", [...place, "asks"], "unknown-asked", { asks: field.asks });
    if (!field.reason) report("form", place, "asks-what-is-known", { field: field.field, register: registerName, known: name });
    return;
  }
  const inScope = new Set(Object.values(files.facts?.value.facts ?? {}).map((fact) => fact.register));
  const known = asksWhatIsKnown(field, {
    facts: packs.files<KnownFact>("known-fact").map((file) => file.value),
    registers: [...inScope].flatMap((name) => registers.get(name) ?? []),
  });
  if (known)
    report("form", place, "asks-what-is-known", {
      field: field.field,
      register: known.register,
      known: known.fact ?? known.field,
    });
}
