import { compileMessage, type Language, languages } from "@kerege/kernel/locale";
import { nearest, type Path } from "@kerege/kernel/schema";
import type { Checking } from "./check.ts";
import type { LetterTemplate, RecordStep, StepDeclaration } from "./declaration.ts";

/** Steps of the outcome: one thing each, an event the register knows and the body may record, texts that can be filled in. */
export function checkOutcome(checking: Checking): void {
  const { files, report } = checking;
  const outcome = files.outcome?.value;
  if (!outcome) return;
  const names = new Set<string>();
  for (const [index, step] of outcome.steps.entries()) {
    const place: Path = ["steps", index];
    if (names.has(step.step) || step.step === "refusal") report("outcome", [...place, "step"], "step-twice", { step: step.step });
    names.add(step.step);
    if (["record", "document", "letter"].filter((kind) => kind in step).length !== 1)
      report("outcome", place, "one-thing-a-step", { step: step.step });
    if ("record" in step) checkRecord(checking, step, [...place, "record"]);
    if ("document" in step) checkDocument(checking, step, [...place, "document"]);
    if ("letter" in step) checkLetter(checking, { letter: step.letter, place: [...place, "letter"], given: [] });
  }
  checkLetter(checking, { letter: outcome.refusalLetter, place: ["refusalLetter"], given: ["reasons", "changes"] });
}

function checkRecord({ files, registers, report }: Checking, { record }: RecordStep, place: Path): void {
  const register = registers.get(record.register);
  if (!register) {
    report("outcome", [...place, "register"], "unknown-register", { register: record.register });
    return;
  }
  const { body } = files.service.value;
  if (register.owner !== body)
    report("outcome", [...place, "register"], "not-owner", { register: record.register, owner: register.owner, body });
  if ((record.key === undefined) === (record.each === undefined)) report("outcome", place, "key-or-each");
  const event = register.events[record.event];
  if (!event) {
    report("outcome", [...place, "event"], "unknown-event", {
      event: record.event,
      near: nearest(record.event, Object.keys(register.events)) || "—",
    });
    return;
  }
  const kinds = Object.keys(event.documents ?? {});
  if (record.document === undefined ? kinds.length > 0 : !kinds.includes(record.document))
    report("outcome", [...place, "document"], "document-kind", { event: record.event, kinds: kinds.join(", ") || "—" });
  for (const field of Object.keys(record.values)) {
    if (!event.sets.includes(field))
      report("outcome", [...place, "values", field], "event-does-not-set", { field, event: record.event });
  }
  for (const field of event.requires ?? []) {
    if (!(field in record.values)) report("outcome", [...place, "values"], "event-requires", { field, event: record.event });
  }
}

interface DocumentKind {
  facts: Record<string, { optional?: boolean }>;
}

function checkDocument(
  { packs, report }: Checking,
  { document }: Extract<StepDeclaration, { document: unknown }>,
  place: Path,
): void {
  const kinds = packs.files<DocumentKind>("document");
  const kind = kinds.find((file) => file.name === document.document)?.value;
  if (!kind) {
    report("outcome", [...place, "document"], "unknown-document", {
      document: document.document,
      near:
        nearest(
          document.document,
          kinds.map((file) => file.name),
        ) || "—",
    });
    return;
  }
  for (const fact of Object.keys(document.facts)) {
    if (!(fact in kind.facts))
      report("outcome", [...place, "facts", fact], "document-has-no", { fact, document: document.document });
  }
  for (const [fact, { optional }] of Object.entries(kind.facts)) {
    if (!optional && !(fact in document.facts))
      report("outcome", [...place, "facts"], "document-requires", { fact, document: document.document });
  }
}

/** `given`: names that are filled in without being declared. */
function checkLetter({ report }: Checking, of: { letter: LetterTemplate; place: Path; given: string[] }): void {
  const { letter, place, given } = of;
  for (const part of ["subject", "body"] as const) {
    for (const language of languages) {
      const names = namesOf(letter[part][language], language);
      if (!names) report("outcome", [...place, part, language], "letter-text", { language });
      for (const name of names ?? []) {
        if (!given.includes(name) && !(name in (letter.values ?? {})))
          report("outcome", [...place, part, language], "letter-lacks", { name, language });
      }
    }
  }
}

/** Names a text is filled in with; undefined where the text cannot be read. */
function namesOf(text: string, language: Language): Set<string> | undefined {
  const names = new Set<string>();
  const values = new Proxy({} as Record<string, string>, {
    get(_, name) {
      names.add(String(name));
      return "1";
    },
  });
  try {
    compileMessage(text, language)(values);
    return names;
  } catch {
    return undefined;
  }
}
