import type { Language, Texts } from "@kerege/kernel/locale";
import { compileSchema } from "@kerege/kernel/schema";
import { Document, parse } from "yaml";
import type { RegisterDeclaration } from "./declaration.ts";
import { expand } from "./expand.ts";
import type { StepKind } from "./plan.ts";
import type { Plan, PlannedStep } from "./planning.ts";
import { problem } from "./problems.ts";

/** What is read back from a plan. */
export interface PlanFile {
  plan: string;
  registers: Record<string, unknown>;
  steps: { step: StepKind; at: string; sql: string[]; lost?: number }[];
  accept: { at: string; reason: string }[];
}

/** The plan as a file for people: each step in words, its SQL, what it concerns and what would be lost. */
export function planText(plan: Plan, given: { registers: RegisterDeclaration[]; texts: Texts; language: Language }): string {
  const { texts, language, registers } = given;
  const document = new Document({
    plan: plan.plan,
    registers: plan.registers,
    steps: plan.steps.map((step) => ({
      step: step.step,
      at: step.at,
      says: texts.translate(language, `registry.plan.steps.${step.step}`, {
        name: nameOf(step),
        was: step.was || "none",
        title: titleOf(step, registers, language),
      }),
      ...(step.rows !== undefined && { rows: step.rows }),
      ...(step.lost !== undefined && { lost: step.lost }),
      ...(step.inTheWay !== undefined && { in_the_way: step.inTheWay }),
      sql: step.sql,
    })),
    accept: [],
  });
  const lost = plan.steps.filter((step) => step.lost);
  document.commentBefore = comment(texts.translate(language, "registry.plan.head"));
  document.comment =
    lost.map((step) => ` ${texts.translate(language, "registry.plan.accept", { at: step.at })}`).join("\n") || null;
  return document.toString({ lineWidth: 130 });
}

const comment = (text: string) =>
  text
    .split("\n")
    .map((line) => ` ${line}`)
    .join("\n");

const nameOf = ({ at }: PlannedStep) => at.slice(at.indexOf(".") + 1);

/** The field's own words, or those of the register; the name where there are none. */
function titleOf(step: PlannedStep, registers: RegisterDeclaration[], language: Language): string {
  const register = registers.find((one) => one.register === step.at.split(".")[0]);
  if (!register) return nameOf(step);
  if (step.step === "register-new") return register.title[language];
  const name = nameOf(step);
  return (register.fields[name] ?? expand(register).flat.fields[name])?.title[language] ?? name;
}

const isPlan = compileSchema({
  type: "object",
  required: ["plan", "registers", "steps", "accept"],
  properties: {
    plan: { type: "string" },
    registers: { type: "object" },
    steps: {
      type: "array",
      items: {
        type: "object",
        required: ["step", "at", "sql"],
        properties: {
          step: { type: "string" },
          at: { type: "string" },
          sql: { type: "array", items: { type: "string" } },
          lost: { type: "integer" },
        },
      },
    },
    accept: {
      type: "array",
      items: {
        type: "object",
        required: ["at", "reason"],
        properties: { at: { type: "string" }, reason: { type: "string" } },
      },
    },
  },
});

/** @throws {Problem} `registry.plan-not-readable` */
export function readPlan(text: string): PlanFile {
  let read: unknown;
  try {
    read = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw problem("plan-not-readable", { cause: error });
  }
  if (isPlan(read).length > 0) throw problem("plan-not-readable");
  return read as PlanFile;
}
