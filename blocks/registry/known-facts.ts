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

/** Records followed from one list into the next. */
const MOST = 200;

/** What the state knows, resolved through the registers: each step is a read like any other, under the same ground. */
export function createKnownFacts(
  facts: KnownFact[],
  registry: Pick<RegistryDoor, "read" | "search">,
): Pick<RegistryDoor, "knownFacts" | "fact" | "facts"> {
  const byName = new Map(facts.map((fact) => [fact.fact, fact]));

  const keysOf = async (actor: Actor, { fact, request, met }: { fact: KnownFact; request: FactRequest; met: string[] }) => {
    const { by } = fact;
    if (by === "subject") return [request.subject];
    if ("fact" in by) {
      const found = await resolve(actor, { ...request, fact: by.fact }, met);
      return [...new Set(found.flatMap(({ value }) => (value === null ? [] : [String(value)])))].slice(0, MOST);
    }
    const page = await registry.search(actor, {
      register: fact.register,
      condition: by.search,
      values: Object.fromEntries(Object.keys(by.values).map((field) => [field, request.subject])),
      fields: [fact.field],
      ground: request.ground,
      case: request.case,
      service: request.service,
      ...(!fact.list && { limit: 1 }),
    });
    return page.rows.map((row) => row.key);
  };

  const resolve = async (actor: Actor, request: FactRequest, met: string[]): Promise<FactFound[]> => {
    const fact = byName.get(request.fact);
    if (!fact || met.includes(request.fact)) throw problem("unknown-fact", { params: { fact: request.fact } });
    const keys = await keysOf(actor, { fact, request, met: [...met, request.fact] });
    const { ground, case: caseId, service, on } = request;
    const found = await Promise.all(
      (fact.list ? keys : keys.slice(0, 1)).map(async (key): Promise<FactFound[]> => {
        const { register, field } = fact;
        const asked = { register, key, fields: [field], ground, case: caseId, service, trueOn: on, follow: true };
        const record = await registry.read(actor, asked);
        if (!record) return [];
        const { version, validFrom, values } = record;
        return [{ fact: fact.fact, value: values[field] ?? null, register, key, version, validFrom }];
      }),
    );
    return found.flat();
  };

  return {
    knownFacts: () => facts,
    facts: (actor, request) => resolve(actor, request, []),
    fact: async (actor, request) => (await resolve(actor, request, []))[0],
  };
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
