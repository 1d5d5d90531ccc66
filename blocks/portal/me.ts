import type { Actor } from "@kerege/kernel/actor";
import { formatDate, formatNumber } from "@kerege/kernel/format";
import type { Language } from "@kerege/kernel/locale";
import type { Ground, RegisterDeclaration, RegisterField, Value, Values } from "@kerege/registry";
import type { PortalMeans } from "./portal.ts";

export interface AboutMe {
  register: string;
  title: string;
  owner: string;
  /** Key of the record. */
  key: string;
  facts: { field: string; title: string; value: string }[];
}

/** What each register holds about a person, read on the grounds that let a person see his own records; these readings are written too. */
export async function aboutMe(
  { means, needs }: PortalMeans,
  given: { actor: Extract<Actor, { kind: "person" }>; language: Language },
): Promise<AboutMe[]> {
  const { registry, reference } = needs;
  const { actor, language } = given;
  const t = means.texts.of(language);
  const registers = new Map(registry.registers().map((one) => [one.register, one]));
  const found: AboutMe[] = [];
  const show = ({ type, classifier, valueTitles }: RegisterField, value: Value): string => {
    if (typeof value === "boolean") return t(value ? "portal.form.yes" : "portal.form.no");
    if (type === "date") return formatDate(language, String(value));
    if (type === "code" && classifier) return reference.label(classifier, String(value), language);
    return typeof value === "number"
      ? formatNumber(language, value)
      : (valueTitles?.[String(value)]?.[language] ?? String(value));
  };
  /** A record of a register that is not about people, such as an address, in words; everything else by its number. */
  const follow = async (field: RegisterField, key: string, ground: Ground): Promise<string> => {
    const register = registers.get(field.register ?? "");
    const fields = ground.reads[register?.register ?? ""]?.filter((name) => name !== register?.key);
    // Another person's record is that person's own: a parent is named by the number alone, which stands in one's own record.
    if (register?.subject !== undefined && register.subject === register.key)
      return t("portal.me.person", { number: groupDigits(key) });
    if (!register || register.subject || !fields) return key;
    const record = await registry.read(actor, { register: register.register, key, fields, ground: ground.ground });
    const shown = fields.flatMap((name) => (record?.values[name] ? [show(register.fields[name]!, record.values[name])] : []));
    // A city that is its own district is named once.
    return [...new Set(shown)].join(", ") || key;
  };
  const factsOf = (register: RegisterDeclaration, values: Values, ground: Ground) =>
    Promise.all(
      Object.entries(values)
        .filter(([, value]) => value !== null)
        .map(async ([name, value]) => {
          const field = register.fields[name]!;
          const shown = field.type === "reference" ? follow(field, String(value), ground) : show(field, value);
          return { field: name, title: field.title[language], value: await shown };
        }),
    );
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
        key: actor.pin,
        facts: await factsOf(register, Object.fromEntries(fields.map((field) => [field, record.values[field] ?? null])), ground),
      });
    }
  }
  return found;
}

/** A personal number in parts that are easy to read out: sex, day of birth and the rest in Kyrgyzstan (14 digits), else fours. */
function groupDigits(pin: string): string {
  const parts = /^(\d)(\d{8})(\d{5})$/.exec(pin)?.slice(1) ?? pin.match(/.{1,4}/gs) ?? [];
  return parts.join("\u00a0");
}
