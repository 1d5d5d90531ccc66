/** From facts to a finished PDF, before it is signed. Pure: equal input gives equal bytes. */
import { formatDate } from "@kerege/kernel/format";
import type { Language, Multilingual, Texts } from "@kerege/kernel/locale";
import { OWN_FACTS } from "./declaration.ts";
import type { Content } from "./facts.ts";
import type { Kind, OwnWords } from "./kind.ts";
import { layOut } from "./layout.ts";
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

/** `state` is the name of the country, `address` where the portal is reached, without a slash at the end. */
export function createRenderer(means: { texts: Texts; typefaces: Typefaces; state: Multilingual; address: string }): Renderer {
  const { texts, typefaces, state, address } = means;

  const words = (language: Language, content: Content): OwnWords => {
    const say = texts.of(language);
    return {
      numberLine: say("documents.page.number-line", {
        number: content.number,
        date: unbroken(formatDate(language, content.issued_on)),
      }),
      labels: Object.fromEntries(OWN_FACTS.map((name) => [name, say(`documents.facts.${name}`)])) as OwnWords["labels"],
    };
  };

  const column = (language: Language, { kind, content }: Rendering) => {
    const say = texts.of(language);
    const values = {
      number: content.number,
      body: kind.declaration.body.name[language],
      date: unbroken(formatDate(language, content.issued_on)),
    };
    const own = {
      number: content.number,
      issued_on: content.issued_on,
      ...(content.valid_through ? { valid_through: content.valid_through } : {}),
    };
    return {
      language,
      codeText: say("documents.page.code", values),
      blocks: kind.rows(language, { ...content.facts, ...own }, words(language, content)),
      check: {
        heading: say("documents.page.check-heading"),
        text: say("documents.page.check", { ...values, address: `${address}/verify` }),
        note: say("documents.page.note", values),
      },
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
          heads: heads.map((language) => ({ language, state: state[language], body: declaration.body.name[language] })),
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
