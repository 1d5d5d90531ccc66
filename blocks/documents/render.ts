/** From facts to a finished PDF, before it is signed. Pure: equal input gives equal bytes. */
import { formatDate } from "@kerege/kernel/format";
import type { Language, Multilingual, Texts } from "@kerege/kernel/locale";
import { OWN_FACTS } from "./declaration.ts";
import type { Content } from "./facts.ts";
import { createKept } from "./kept.ts";
import type { Kind, OwnWords } from "./kind.ts";
import { type Column, type Head, layOut } from "./layout.ts";
import { unbroken } from "./message.ts";
import { type Attachment, writePdf } from "./pdf.ts";
import { drawQr } from "./qr.ts";
import type { Typefaces } from "./typeface.ts";

/** Names of what is attached. */
export const FACTS_FILE = "facts.json";
export const STATEMENT_FILE = "statement.txt";

export interface Rendering {
  kind: Kind;
  content: Content;
  /** Canonical text of the content, as digested in the statement. */
  facts: Buffer;
  /** The text in the code. */
  statement: string;
  languages: Language[];
  heads: Language[];
  at: Date;
}

export interface Renderer {
  render(rendering: Rendering): Buffer;
}

/** Words of a page that do not change from one document to the next, with their lines. */
interface Furniture {
  date: string;
  labels: OwnWords["labels"];
  head: Head;
  check: Column["check"];
}

/** Some 10 KB each: a kind of document in a language on a day has one. */
const MAX_FURNITURES = 64;

/** `state` is the name of the country, `address` where the portal is reached, without a slash at the end. */
export function createRenderer(means: { texts: Texts; typefaces: Typefaces; state: Multilingual; address: string }): Renderer {
  const { texts, typefaces, state, address } = means;

  const furnitures = createKept<Furniture>(MAX_FURNITURES);
  /** What documents of one body and day have in common. */
  const furnitureOf = (language: Language, { kind, content }: Rendering): Furniture =>
    furnitures.of(`${language} ${kind.declaration.document} ${content.issued_on}`, () => {
      const say = texts.of(language);
      const body = kind.declaration.body.name[language];
      const date = unbroken(formatDate(language, content.issued_on));
      return {
        date,
        labels: Object.fromEntries(OWN_FACTS.map((name) => [name, say(`documents.facts.${name}`)])) as OwnWords["labels"],
        head: { language, state: state[language], body, kept: new Map() },
        check: {
          heading: say("documents.page.check-heading"),
          text: say("documents.page.check", { body, date, address: `${address}/verify` }),
          note: say("documents.page.note", { body, date }),
          kept: new Map(),
        },
      };
    });

  const column = (language: Language, rendering: Rendering): Column => {
    const { kind, content } = rendering;
    const say = texts.of(language);
    const { number } = content;
    const { date, labels, check } = furnitureOf(language, rendering);
    const own = {
      number,
      issued_on: content.issued_on,
      ...(content.valid_through ? { valid_through: content.valid_through } : {}),
    };
    return {
      language,
      codeText: say("documents.page.code", { number }),
      blocks: kind.rows(
        language,
        { ...content.facts, ...own },
        { numberLine: say("documents.page.number-line", { number, date }), labels },
      ),
      check,
    };
  };

  return {
    render(rendering) {
      const { kind, content, facts, statement, languages, heads, at } = rendering;
      const { declaration } = kind;
      const code = drawQr(statement);
      // The person's language is the last of one or two, and the one that titles and reading programs follow.
      const person = languages.at(-1)!;
      const say = texts.of(person);
      const { sheets, tags } = layOut(
        {
          heads: heads.map((language) => furnitureOf(language, rendering).head),
          columns: languages.map((language) => column(language, rendering)),
          foot: content.number,
          modules: code.modules,
        },
        typefaces,
      );
      const attachments: Attachment[] = [
        { name: FACTS_FILE, mime: "application/json", about: say("documents.page.facts-file"), relation: "Data", content: facts },
        {
          name: STATEMENT_FILE,
          mime: "text/plain",
          about: say("documents.page.statement-file"),
          relation: "Alternative",
          content: Buffer.from(statement, "latin1"),
        },
      ];
      return writePdf({
        typefaces,
        sheets,
        tags,
        title: `${declaration.title[person]} ${content.number}`,
        language: person,
        author: declaration.body.name[person],
        at,
        code,
        attachments,
      });
    },
  };
}
