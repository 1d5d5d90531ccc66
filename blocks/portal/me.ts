import type { Actor } from "@kerege/kernel/actor";
import { formatDate, formatNumber } from "@kerege/kernel/format";
import type { Language } from "@kerege/kernel/locale";
import type { RegisterDeclaration, Value } from "@kerege/registry";
import type { PortalMeans } from "./portal.ts";

export interface AboutMe {
  register: string;
  title: string;
  owner: string;
  law: string;
  facts: { title: string; value: string }[];
}

/** What each register holds about a person, read on the grounds that let a person see his own records; these readings are written too. */
export async function aboutMe(
  { needs }: PortalMeans,
  given: { actor: Extract<Actor, { kind: "person" }>; language: Language },
): Promise<AboutMe[]> {
  const { registry, reference } = needs;
  const { actor, language } = given;
  const registers = new Map(registry.registers().map((one) => [one.register, one]));
  const found: AboutMe[] = [];
  const show = (register: RegisterDeclaration, field: string, value: Value): string => {
    const { type, classifier } = register.fields[field]!;
    if (type === "date") return formatDate(language, String(value));
    if (type === "code" && classifier) return reference.label(classifier, String(value), language);
    return typeof value === "number" ? formatNumber(language, value) : String(value);
  };
  for (const ground of registry.grounds().filter((one) => one.readers.self)) {
    for (const [name, fields] of Object.entries(ground.reads)) {
      const register = registers.get(name);
      if (!register || register.subject !== register.key) continue;
      const record = await registry.read(actor, { register: name, key: actor.pin, fields, ground: ground.ground });
      if (!record) continue;
      found.push({
        register: name,
        title: register.title[language],
        owner: reference.body(register.owner)?.name[language] ?? register.owner,
        law: register.law.map((norm) => norm.act).join("; "),
        facts: fields
          .filter((field) => record.values[field] !== null && record.values[field] !== undefined)
          .map((field) => ({
            title: register.fields[field]!.title[language],
            value: show(register, field, record.values[field]!),
          })),
      });
    }
  }
  return found;
}
