/** Facts as they come in: all faults at once, nothing mended in silence but the form of Unicode. */
import type { FieldProblem } from "@kerege/kernel/problem";
import type { DocumentDeclaration, FactDeclaration, Facts } from "./declaration.ts";
import { codeOf } from "./kind.ts";
import { documentProblem } from "./problems.ts";
import type { Typefaces } from "./typeface.ts";

const MAX_TEXT = 500;
/** Bytes of all facts in the code: with the rest of a statement a code of version 25, whose modules are 0.32 mm at 40 mm. */
const MAX_STATED = 760;
const PIN = /^(\d{12}|\d{14})$/;

interface Given {
  subject: string;
  recipient?: string;
  facts: Record<string, string | null | undefined>;
}

/** Throws `documents.wrong-facts` with each field, `documents.unprintable` or `documents.too-much-for-code`. */
export function readFacts(
  given: Given,
  { declaration, typefaces }: { declaration: DocumentDeclaration; typefaces: Typefaces },
): Facts {
  const fields: FieldProblem[] = [];
  const facts: Facts = {};
  const wrong = (pointer: string, fault: string) => fields.push({ pointer, key: `documents.fields.${fault}` });
  if (!PIN.test(given.subject)) wrong("/subject", "wrong-subject");
  if (given.recipient !== undefined && !PIN.test(given.recipient)) wrong("/recipient", "wrong-recipient");
  for (const name of Object.keys(given.facts)) {
    if (!Object.hasOwn(declaration.facts, name)) wrong(`/facts/${name}`, "unknown");
  }
  for (const [name, fact] of Object.entries(declaration.facts)) {
    const value = Object.hasOwn(given.facts, name) ? given.facts[name] : undefined;
    if (value === null || value === undefined || value === "") {
      if (!fact.optional) wrong(`/facts/${name}`, "missing");
      continue;
    }
    const text = typeof value === "string" ? value.normalize("NFC") : "";
    const fault = faultOf(text, fact);
    if (fault) wrong(`/facts/${name}`, fault);
    else facts[name] = text;
  }
  if (fields.length > 0) throw documentProblem("wrong-facts", { fields });
  for (const [name, text] of Object.entries(facts)) {
    const character = typefaces.lacking(text);
    if (character) throw documentProblem("unprintable", { params: { fact: name, character: codeOf(character) } });
  }
  const stated = Object.entries(declaration.facts).filter(([, { short }]) => short !== undefined);
  const bytes = stated.reduce((sum, [name]) => sum + Buffer.byteLength(facts[name] ?? ""), 0);
  if (bytes > MAX_STATED) throw documentProblem("too-much-for-code");
  return facts;
}

function faultOf(text: string, { type }: FactDeclaration): string | undefined {
  if (type === "date") return isDay(text) ? undefined : "wrong-date";
  if (type === "pin") return PIN.test(text) ? undefined : "wrong-pin";
  const good = text.length <= MAX_TEXT && text.isWellFormed() && text === text.trim() && text !== "" && !/\p{Cc}/u.test(text);
  return good ? undefined : "wrong-text";
}

function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return at !== undefined && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
