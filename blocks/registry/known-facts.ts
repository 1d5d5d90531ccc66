import type { Actor } from "@kerege/kernel/actor";
import { languages } from "@kerege/kernel/locale";
import { skeleton } from "@kerege/kernel/skeleton";
import type { KnownFact, RegisterDeclaration } from "./declaration.ts";
import type { FactFound, RegistryDoor } from "./door.ts";
import { problem } from "./problems.ts";

interface FactRequest {
  fact: string;
  subject: string;
  on?: string;
  ground: string;
  case?: string;
  service?: string;
}

/** What the state knows, resolved through the registers: each step is a read like any other, under the same ground. */
export function createKnownFacts(
  facts: KnownFact[],
  registry: Pick<RegistryDoor, "read" | "search">,
): Pick<RegistryDoor, "knownFacts" | "fact"> {
  const byName = new Map(facts.map((fact) => [fact.fact, fact]));

  const keyOf = async (actor: Actor, { fact, request, met }: { fact: KnownFact; request: FactRequest; met: string[] }) => {
    const { by } = fact;
    if (by === "subject") return request.subject;
    if ("fact" in by) {
      const found = await resolve(actor, { ...request, fact: by.fact }, met);
      return found?.value === null || found === undefined ? undefined : String(found.value);
    }
    const values = Object.fromEntries(Object.keys(by.values).map((field) => [field, request.subject]));
    const page = await registry.search(actor, {
      register: fact.register,
      condition: by.search,
      values,
      fields: [fact.field],
      ground: request.ground,
      case: request.case,
      service: request.service,
      limit: 1,
    });
    return page.rows[0]?.key;
  };

  const resolve = async (actor: Actor, request: FactRequest, met: string[]): Promise<FactFound | undefined> => {
    const fact = byName.get(request.fact);
    if (!fact || met.includes(request.fact)) throw problem("unknown-fact", { params: { fact: request.fact } });
    const key = await keyOf(actor, { fact, request, met: [...met, request.fact] });
    if (key === undefined) return undefined;
    const { ground, case: caseId, service, on } = request;
    const found = await registry.read(actor, {
      register: fact.register,
      key,
      fields: [fact.field],
      ground,
      case: caseId,
      service,
      trueOn: on,
    });
    if (!found) return undefined;
    const { version, validFrom } = found;
    return { fact: fact.fact, value: found.values[fact.field] ?? null, register: fact.register, key, version, validFrom };
  };

  return { knownFacts: () => facts, fact: (actor, request) => resolve(actor, request, []) };
}

/** A question of a form: the name of its field and its words in each language. */
export interface Question {
  field: string;
  title: Record<(typeof languages)[number], string>;
}

export interface Known {
  register: string;
  field: string;
  /** Name of the known fact, where it is one. */
  fact?: string;
}

/**
 * Once only (EIF, principle 9): the known fact, or the field of one of these registers, that a question asks again. They are the same
 * when their words are, in any of the four languages and however they are spelt, or when they have the same name.
 */
export function asksWhatIsKnown(
  question: Question,
  known: { facts: KnownFact[]; registers: RegisterDeclaration[] },
): Known | undefined {
  const asked = languages.map((language) => skeleton(question.title[language]));
  const same = (title: Question["title"], words: KnownFact["words"] = {}) =>
    languages.some((language, index) =>
      [title[language], ...(words[language] ?? [])].some((text) => asked[index] !== "" && skeleton(text) === asked[index]),
    );
  for (const { fact, title, words, register, field } of known.facts) {
    if (plain(fact) === plain(question.field) || same(title, words)) return { register, field, fact };
  }
  for (const { register, fields } of known.registers) {
    for (const [name, field] of Object.entries(fields)) {
      if (name === question.field || same(field.title)) return { register, field: name };
    }
  }
  return undefined;
}

/** Names of facts are written with dashes, those of fields with underlines. */
function plain(name: string): string {
  return name.replaceAll("-", "_");
}
