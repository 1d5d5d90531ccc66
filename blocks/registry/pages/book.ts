import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Bound } from "@kerege/kernel/bound";
import { dayOf } from "@kerege/kernel/clock";
import type { Language, Multilingual } from "@kerege/kernel/locale";
import type { Problem } from "@kerege/kernel/problem";
import type { ReferenceDoor } from "@kerege/reference";
import type { Addresses } from "../addresses.ts";
import type { Asked } from "../asked.ts";
import type { Agreement, Ground, RegisterDeclaration } from "../declaration.ts";
import type { RecordRequest, RegistryDoor } from "../door.ts";
import { type Expanded, expand } from "../expand.ts";
import { problem } from "../problems.ts";

/** What the pages of registers stand on. */
export interface PagesNeeds {
  means: Pick<Means, "clock" | "country" | "texts" | "ids">;
  door: RegistryDoor;
  reference: ReferenceDoor;
  agreements: Agreement[];
  addresses: Addresses;
  asked: Asked;
  /** How often pages of registers that are open to everyone are answered. */
  openBound: Bound;
  /** Why an event would be refused; nothing is written. */
  rehearse(actor: Actor, request: RecordRequest): Promise<Problem | undefined>;
}

/** Declarations as pages ask for them. */
export interface Book extends PagesNeeds {
  registers: RegisterDeclaration[];
  /** @throws {Problem} `registry.unknown-register` */
  register(name: string): Expanded;
  has(name: string): boolean;
  today(): string;
  bodyName(code: string, language: Language): string;
  /** Grounds under which this reader may read the register, those that also allow the search where one is named. */
  groundsFor(actor: Actor, asked: { register: string; condition?: string }): Ground[];
  ground(name: string): Ground | undefined;
  /** Declared fields of a register that a ground lets its readers see, in the order of the declaration. */
  fieldsUnder(ground: Ground, register: string): string[];
}

// Long enough for any ground: whether a reason was really given is judged when the record is read.
const SOME_REASON = "x".repeat(40);

export function createBook(needs: PagesNeeds): Book {
  const { door, reference, means } = needs;
  const registers = door.registers();
  const expanded = new Map(registers.map((declaration) => [declaration.register, expand(declaration)]));
  const grounds = new Map(door.grounds().map((ground) => [ground.ground, ground]));
  const fieldsUnder = (ground: Ground, register: string): string[] => {
    const named = ground.reads[register] ?? [];
    const one = expanded.get(register);
    return Object.keys(one?.declared.fields ?? {}).filter(
      (field) => named.includes(field) || one!.columnsOf.get(field)!.every((column) => named.includes(column)),
    );
  };
  return {
    ...needs,
    registers,
    register(name) {
      const found = expanded.get(name);
      if (!found) throw problem("unknown-register", { params: { register: name } });
      return found;
    },
    has: (name) => expanded.has(name),
    today: () => dayOf(means.clock.now(), means.country.timeZone),
    bodyName: (code, language) => reference.body(code)?.name[language] ?? code,
    groundsFor: (actor, { register, condition }) =>
      [...grounds.values()].filter((ground) => {
        if (!ground.reads[register]) return false;
        const fields = fieldsUnder(ground, register);
        const asked = { register, fields, ground: ground.ground, condition, reason: SOME_REASON };
        return fields.length > 0 && door.explain(actor, asked).allowed;
      }),
    ground: (name) => grounds.get(name),
    fieldsUnder,
  };
}

/** The act with its article, in the reader's language. */
export function lawText(book: Book, language: Language, law: { act: Multilingual; article?: string | undefined }): string {
  const act = law.act[language];
  if (law.article === undefined) return act;
  return book.means.texts.translate(language, "registry.who.article", { act, article: law.article });
}
