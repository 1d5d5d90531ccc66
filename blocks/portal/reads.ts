import { formatInstant } from "@kerege/kernel/format";
import type { Multilingual, Translate } from "@kerege/kernel/locale";
import type { Visit } from "@kerege/kernel/page";
import type { ReferenceDoor } from "@kerege/reference";
import type { Ground, ReadEntry, RegisterDeclaration, RegistryDoor } from "@kerege/registry";
import type { ServicesDoor } from "@kerege/services";

/** One line of "who read my data" in a person's words. */
export interface ReadLine {
  id: string;
  when: string;
  at: Date;
  who: string;
  what: string;
  purpose: string;
  law: string;
  case?: string;
  found: boolean;
  /** In the reader's own words, where the ground is for danger to life. */
  reason?: string;
}

/** Turns entries of the read log into sentences: body, service, fields by their titles, purpose and article. */
export function createReadLines(needs: {
  registry: RegistryDoor;
  reference: ReferenceDoor;
  services: ServicesDoor;
  timeZone: string;
}) {
  const registers = new Map<string, RegisterDeclaration>(needs.registry.registers().map((one) => [one.register, one]));
  const grounds = new Map<string, Ground>(needs.registry.grounds().map((one) => [one.ground, one]));
  const services = new Map(needs.services.catalogue().map((one) => [one.service, one]));
  return (visit: Visit, entry: ReadEntry): ReadLine => {
    const { language, t } = visit;
    const register = registers.get(entry.register);
    const ground = grounds.get(entry.ground);
    const titles = entry.fields.map((field) => withinSentence(titleOf(register, field)?.[language] ?? field));
    // A text in four languages is one field to a person.
    const fields = [...new Set(titles)].join(", ");
    return {
      id: entry.id,
      at: entry.at,
      when: formatInstant(language, entry.at, needs.timeZone),
      who: readerOf(entry, {
        t,
        bodyName: (code) => needs.reference.body(code)?.name[language] ?? code,
        postName: (code) => needs.reference.post(code)?.name[language] ?? code,
        serviceTitle: (id) => services.get(id)?.title[language] ?? id,
      }),
      what: t("portal.reads.register", { register: register?.title[language] ?? entry.register, fields }),
      purpose: ground?.purpose[language] ?? entry.ground,
      law: ground ? t("portal.reads.law", { act: ground.law.act[language], article: ground.law.article }) : "",
      case: entry.case ?? undefined,
      found: entry.found,
      ...(entry.reason && { reason: entry.reason }),
    };
  };
}

/** Title of a field, or of the field that a column is a part of (`name_ky` of `name`). */
function titleOf(register: RegisterDeclaration | undefined, column: string): Multilingual | undefined {
  const fields = register?.fields ?? {};
  const whole = Object.keys(fields).find((field) => column.startsWith(`${field}_`));
  return (fields[column] ?? (whole === undefined ? undefined : fields[whole]))?.title;
}

/** A title in the middle of a sentence: abbreviations inside it keep their capitals. */
function withinSentence(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}

function readerOf(
  entry: ReadEntry,
  words: { t: Translate; bodyName(code: string): string; postName(code: string): string; serviceTitle(id: string): string },
): string {
  const { reader } = entry;
  if (reader.kind === "person") return words.t("portal.reads.you");
  const body = words.bodyName(reader.body);
  if (reader.kind === "official") return words.t("portal.reads.official", { body, post: words.postName(reader.post) });
  if (entry.service) return words.t("portal.reads.service", { body, service: words.serviceTitle(entry.service) });
  return words.t("portal.reads.system", { body });
}

/** The lines as a table that an office program opens (RFC 4180, with a mark of UTF-8 before it). */
export function readsCsv({ t }: Visit, lines: ReadLine[]): string {
  // A cell that begins like a formula would be run by the program that opens it.
  const cell = (text: string) => `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const head = ["when", "who", "what", "why"].map((column) => t(`portal.table.${column}`));
  const rows = lines.map((line) => [
    line.at.toISOString(),
    line.who,
    line.what,
    [line.purpose, line.law, line.reason].filter(Boolean).join(". "),
  ]);
  return `\ufeff${[head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
