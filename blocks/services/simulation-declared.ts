import type { Multilingual } from "@kerege/kernel/locale";
import type { CompiledEdition } from "./compile.ts";
import type { FieldKind, Plain } from "./declaration.ts";
import { type Compiled, compileText } from "./expression.ts";

/** `services/<id>/simulation.yaml`: what invented past cases are like, by what they are grouped, what answering costs. */
export interface SimulationDeclaration {
  /** How often each example is the pattern of a case; by name of the example. */
  patterns?: Record<string, number>;
  /** By `answers.<field>` or `<register>.<field>`; by `applicant.<field>` for records of the applicant alone. */
  distributions?: Record<string, Distribution>;
  /** Share of cases in which a record of the register is not there, by register. */
  missing?: Record<string, number>;
  groups?: GroupDeclaration[];
  /** FEEL: what somebody who is granted gets (above 0) or pays (under 0) beside the fee, in units of the currency. */
  amount?: string;
  /** Groups of fewer cases are shown together; 10 when left out. */
  least?: number;
  /** Share of invented cases an official refuses, by ground; the others are granted. */
  refusedByOfficial?: Record<string, number>;
  /** Minutes an official takes for a case; 15 when left out. */
  officialMinutes?: number;
  /** Minutes a person takes for a question, by kind of field. */
  minutes?: Partial<Record<FieldKind, number>>;
}

export type Distribution =
  /** Days: full years before the day of the application. */
  | { years: { from: number; to: number; weight: number }[] }
  /** Days: before (below 0) or after the day of the application, all as often. */
  | { days: { from: number; to: number } }
  /** Log-normal: half are under the median, two thirds within a factor of `spread` around it. */
  | { median: number; spread: number; least?: number; most?: number; step?: number }
  /** Values with their weights. */
  | { values: { value: Plain; weight: number }[] };

export interface GroupDeclaration {
  group: string;
  title: Multilingual;
  /** FEEL over facts and answers. */
  of: string;
  /** Lower limits of the bands of a number. */
  bands?: number[];
}

/**
 * Minutes a person takes for a question where a service does not say: an assumption of ours in the sense of the Standard Cost Model
 * (activity times quantity), to be replaced by what a service has measured.
 */
export const USUAL_MINUTES: Readonly<Record<FieldKind, number>> = {
  text: 0.5,
  "long-text": 3,
  choice: 0.3,
  "yes-no": 0.2,
  date: 0.3,
  number: 0.4,
  record: 0.3,
  lookup: 1,
  language: 0.1,
};

/** An assumption of ours as well, until a service says what it has measured. */
export const USUAL_OFFICIAL_MINUTES = 15;

export interface CompiledGroup {
  declaration: GroupDeclaration;
  of: Compiled;
}

/** Groups that are declared; where none are, one by each choice and each yes or no of the form. */
export function compileGroups(
  edition: CompiledEdition,
  declared: SimulationDeclaration,
  report: (index: number, fault: { message: string; remedy: string; column: number }) => void = () => {},
): CompiledGroup[] {
  const declarations = declared.groups ?? usualGroups(edition);
  return declarations.flatMap((declaration, index) => {
    const made = compileText(declaration.of, edition.shapes);
    if (made.ok) return [{ declaration, of: made.compiled }];
    for (const fault of made.faults) report(index, fault);
    return [];
  });
}

function usualGroups(edition: CompiledEdition): GroupDeclaration[] {
  return edition.pages
    .flatMap((page) => page.fields)
    .filter(({ declaration }) => (declaration.type === "choice" && !declaration.many) || declaration.type === "yes-no")
    .map(({ declaration }) => ({ group: declaration.field, title: declaration.title, of: `answers.${declaration.field}` }));
}
