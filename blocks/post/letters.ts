import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { type Language, languages, type Multilingual } from "@kerege/kernel/locale";
import type { PostDoor } from "./declaration.ts";

/** Who writes letters that no clerk wrote. */
const writer = (body: string): Actor => ({ kind: "system", body, name: "post" });

interface Broken {
  owner: string;
  body: string | null;
  bodyTitle: Multilingual | null;
  title: Multilingual;
  law: { act: Multilingual; article: string };
  subjects: string[];
  reason: string;
}

interface Corrected {
  owner: string;
  title: Multilingual;
  fields: Multilingual[];
  subjects: string[];
  bodies: string[];
  bodyTitles: (Multilingual | null)[];
}

interface Asked {
  reader: string;
  subject: string;
  title: Multilingual;
}

interface Decided {
  owner: string;
  by: string;
  title: Multilingual;
  fieldTitle: Multilingual;
  state: "accepted" | "refused";
  answer: string;
}

interface Mandated {
  holder: string;
  /** Known once it is accepted. */
  holderName: string | null;
  of: "person" | "company";
  subject: string;
  subjectName: Multilingual;
  /** Who gave it; nobody where a register says it. */
  givenBy: string | null;
  kind: string;
  /** By somebody who holds it from the one it is for. */
  handedOn: boolean;
  /** Who did what is told. */
  by: string;
  /** The body that keeps mandates. */
  keeper: string;
}

interface Writing {
  from: string;
  people: string[];
  /** Kind and event: a reaction may run again, the letter of one event reaches a person once. */
  kind: string;
  words: string;
  values(language: Language): Record<string, string>;
}

/** Letters that the person gets because something happened to what the state knows about him. */
export function writeLetters(
  means: Means,
  post: PostDoor & { sent(given: { kind: string; to: string }): Promise<boolean> },
): void {
  const write = async ({ from, people, kind, words, values }: Writing) => {
    const inAll = (part: string) =>
      Object.fromEntries(
        languages.map((language) => [
          language,
          means.texts.translate(language, `post.letters.${words}.${part}`, values(language)),
        ]),
      ) as Multilingual;
    for (const to of new Set(people)) {
      if (to === "" || (await post.sent({ kind, to }))) continue;
      await post.send(writer(from), { to, from, subject: inAll("subject"), body: inAll("body"), kind });
    }
  };

  means.events.react("registry.glass-broken", "post.letter-on-broken-glass", async ({ id, body }) => {
    const told = body as unknown as Broken;
    await write({
      from: told.owner,
      people: told.subjects,
      kind: `glass-broken ${id}`,
      words: "glass-broken",
      values: (language) => ({
        body: told.bodyTitle?.[language] ?? told.body ?? "",
        register: told.title[language],
        act: told.law.act[language],
        article: told.law.article,
        reason: told.reason,
      }),
    });
  });

  means.events.react("registry.record-corrected", "post.letter-on-correction", async ({ id, body }) => {
    const told = body as unknown as Corrected;
    await write({
      from: told.owner,
      people: told.subjects,
      kind: `record-corrected ${id}`,
      words: told.bodies.length > 0 ? "record-corrected" : "record-corrected-unread",
      values: (language) => ({
        register: told.title[language],
        fields: told.fields.map((title) => title[language]).join(", "),
        bodies: told.bodies.map((code, index) => told.bodyTitles[index]?.[language] ?? code).join(", "),
      }),
    });
  });

  means.events.react("registry.consent-asked", "post.letter-on-consent", async ({ id, body }) => {
    const told = body as unknown as Asked;
    await write({
      from: told.reader,
      people: [told.subject],
      kind: `consent-asked ${id}`,
      words: "consent-asked",
      values: (language) => ({ ground: told.title[language] }),
    });
  });

  means.events.react("registry.contest-decided", "post.letter-on-contest", async ({ id, body }) => {
    const told = body as unknown as Decided;
    await write({
      from: told.owner,
      people: [told.by],
      kind: `contest-decided ${id}`,
      words: `contest-${told.state}`,
      values: (language) => ({ register: told.title[language], field: told.fieldTitle[language], answer: told.answer }),
    });
  });

  writeOfMandates(means, write);
}

/** Mandates: whoever did not do it hears of it. */
function writeOfMandates({ events }: Pick<Means, "events">, write: (writing: Writing) => Promise<void>): void {
  const tell = (id: string, told: Mandated, given: { people: (string | null)[]; words: string }) =>
    write({
      from: told.keeper,
      people: given.people.filter((pin): pin is string => pin !== null && pin !== told.by),
      kind: `${given.words} ${id}`,
      words: given.words,
      values: (language) => ({
        name: told.subjectName[language],
        holder: told.holderName ?? "",
        known: told.holderName ? "yes" : "no",
        kind: told.kind,
      }),
    });
  const subjectOf = ({ of, subject }: Mandated) => (of === "person" ? subject : null);

  events.react("identity.mandate-given", "post.letter-on-mandate-given", async ({ id, body }) => {
    const told = body as unknown as Mandated;
    await tell(id, told, { people: [told.holder], words: "mandate-given" });
    if (told.handedOn) await tell(id, told, { people: [subjectOf(told)], words: "mandate-handed-on" });
  });
  for (const answer of ["accepted", "declined"])
    events.react(`identity.mandate-${answer}`, `post.letter-on-mandate-${answer}`, async ({ id, body }) => {
      const told = body as unknown as Mandated;
      await tell(id, told, { people: [told.givenBy, subjectOf(told)], words: `mandate-${answer}` });
    });
  events.react("identity.mandate-ended", "post.letter-on-mandate-ended", async ({ id, body }) => {
    const told = body as unknown as Mandated;
    await tell(id, told, { people: [told.holder], words: "mandate-withdrawn" });
    const words = told.by === told.holder ? "mandate-given-up" : "mandate-ended";
    await tell(id, told, { people: [told.givenBy, subjectOf(told)], words });
  });
}
