import type { Multilingual } from "@kerege/kernel/locale";
import type { Ground, RegisterDeclaration } from "@kerege/registry";
import { forWhom, levelFor } from "./applying.ts";
import type { CompiledEdition } from "./compile.ts";
import { citationOf } from "./decision.ts";
import type { CatalogueEntry, Passport, ShownFee } from "./door.ts";

export interface CatalogueMeans {
  registers: Map<string, RegisterDeclaration>;
  grounds: Map<string, Ground>;
  bodyTitle(code: string): Multilingual;
}

/** What the catalogue shows of an edition. */
export function entryOf(edition: CompiledEdition, means: CatalogueMeans): CatalogueEntry {
  const { service } = edition.declaration;
  return {
    service: service.service,
    title: service.title,
    summary: service.summary,
    lifeEvents: service.lifeEvents,
    audience: service.audience,
    for: forWhom(service),
    assurance: levelFor(service),
    body: service.body,
    bodyTitle: means.bodyTitle(service.body),
    deadline: service.deadline,
    fee: feeOf(edition),
    kind: service.kind,
    maturity: service.maturity,
    online: edition.steps.length > 0,
  };
}

export function feeOf({ declaration: { service } }: CompiledEdition): ShownFee {
  const { fee } = service;
  return "amount" in fee ? { amount: fee.amount, exempt: fee.exempt, norm: citationOf(service.acts, fee.norm) } : { free: true };
}

/** The passport: all the law demands to be published of a service, made from the very files that are executed. */
export function passportOf(edition: CompiledEdition, means: CatalogueMeans): Passport {
  const { service, rules } = edition.declaration;
  const { category, registerItem, recipients, result, channels, mediaBreaks, appeal, validFrom } = service;
  return {
    ...entryOf(edition, means),
    ...{ category, registerItem, recipients, result, channels, mediaBreaks, appeal, validFrom },
    edition: service.edition,
    hash: edition.hash,
    law: service.law.map((norm) => citationOf(service.acts, norm)),
    facts: edition.facts.map((fact) => factOf(fact, means)),
    questions: edition.pages.flatMap((page) =>
      page.fields.map(({ declaration }) => ({ title: declaration.title, required: declaration.required !== false })),
    ),
    refusals: rules.rules.map(({ rule, refuse, norm, wouldHelp }) => ({
      rule,
      text: refuse,
      norm: citationOf(service.acts, norm),
      wouldHelp,
    })),
    documents: edition.steps.flatMap(({ declaration }) => ("document" in declaration ? [declaration.document.document] : [])),
  };
}

function factOf(
  { declaration, register }: CompiledEdition["facts"][number],
  { grounds }: CatalogueMeans,
): Passport["facts"][number] {
  const ground = grounds.get(declaration.ground);
  return {
    register: declaration.register,
    registerTitle: register.title,
    fields: declaration.fields.flatMap((field) => {
      const title = register.fields[field]?.title;
      return title ? [{ field, title }] : [];
    }),
    why: declaration.why ?? ground?.purpose ?? register.title,
    ground: declaration.ground,
    law: ground!.law,
  };
}
