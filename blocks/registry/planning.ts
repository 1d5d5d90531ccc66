import { createHash } from "node:crypto";
import type { Database, Transaction } from "@kerege/kernel/database";
import type { RegisterDeclaration } from "./declaration.ts";
import { type Change, hashOf, isAlone, isImpossible, loses, type Step, type StepKind, stepKinds } from "./plan.ts";
import { type PlanFile, readPlan } from "./plan-text.ts";
import { problem } from "./problems.ts";
import { fillRecords } from "./store-fill.ts";
import { type Catalog, completion, countOf, newTableChecks, notePlan, readCatalog, runAll, workOf } from "./store-plan.ts";
import { findChanges, lockPublishing, publish } from "./store-publish.ts";

export interface PlannedStep {
  step: StepKind;
  /** `register.name`: the mark by which a loss is accepted. */
  at: string;
  was?: string;
  /** Records it concerns; values that are lost; records that stand in the way. */
  rows?: number;
  lost?: number;
  inTheWay?: number;
  sql: string[];
}

export interface Plan {
  /** Hash of what is published, what is declared, and every statement. */
  plan: string;
  registers: Record<string, { before: string; after: string; additions: string[] }>;
  steps: PlannedStep[];
  /** Everything only adds: the server does it alone. */
  alone: boolean;
}

interface Prepared {
  plan: Plan;
  parts: { change: Change; catalog: Catalog; additions: string[] }[];
}

/** What stands between the published and the declared registers; undefined where they are the same. */
export async function makePlan(database: Database, given: { registers: RegisterDeclaration[] }): Promise<Plan | undefined> {
  return database.transaction(async (tx) => (await prepare(tx, given.registers))?.plan);
}

async function prepare(tx: Transaction, registers: RegisterDeclaration[]): Promise<Prepared | undefined> {
  const changes = await findChanges(tx, registers);
  if (changes.length === 0) return undefined;
  const catalog = await readCatalog(tx);
  const plan: Plan = { plan: "", registers: {}, steps: [], alone: changes.every((change) => change.steps.every(isAlone)) };
  const parts: Prepared["parts"] = [];
  for (const change of changes) {
    const name = change.after.declaration.register;
    const additions = change.before
      ? [...completion(change.after, changed(catalog, change), change.steps), ...newTableChecks(change, catalog)]
      : change.after.create;
    parts.push({ change, catalog, additions });
    plan.registers[name] = {
      before: hashOf(change.before?.expanded.declared),
      after: hashOf(change.after.expanded.declared),
      additions,
    };
    for (const step of change.steps) plan.steps.push(await planStep(tx, step, { change, catalog }));
  }
  plan.plan = createHash("sha256")
    .update(JSON.stringify([plan.registers, plan.steps.map(({ step, at, sql }) => [step, at, sql])]))
    .digest("hex")
    .slice(0, 32);
  return { plan, parts };
}

/** The catalog as it is once columns have been renamed and dropped. */
function changed(catalog: Catalog, { after, moved, steps }: Change): Catalog {
  const name = after.declaration.register;
  const dropped = new Set(steps.filter((step) => step.kind === "field-dropped").map((step) => step.name));
  const rename = (column: string) =>
    moved[column] ?? (column.endsWith("_key") && moved[column.slice(0, -4)] ? `${moved[column.slice(0, -4)]}_key` : column);
  const columns = new Map(catalog.columns);
  columns.set(name, new Set([...(columns.get(name) ?? [])].filter((column) => !dropped.has(column)).map(rename)));
  columns.set(`${name}_version`, new Set([...(columns.get(`${name}_version`) ?? [])].map(rename)));
  return { ...catalog, columns };
}

async function planStep(
  tx: Transaction,
  step: Step,
  { change, catalog }: { change: Change; catalog: Catalog },
): Promise<PlannedStep> {
  const work = workOf(step, change, catalog);
  const rows = change.before ? await countOf(tx, work.touches) : undefined;
  const lost = change.before ? await countOf(tx, work.loses) : undefined;
  const inTheWay = change.before ? await countOf(tx, work.blocks) : undefined;
  return {
    step: step.kind,
    at: `${step.register}.${step.name}`,
    ...(step.was !== undefined && { was: step.was }),
    ...(rows !== undefined && { rows }),
    ...(lost !== undefined && { lost }),
    ...(inTheWay !== undefined && inTheWay > 0 && { inTheWay }),
    sql: work.statements,
  };
}

export interface Applying {
  registers: RegisterDeclaration[];
  /** The plan as it was written and accepted. */
  text: string;
  at: Date;
  today: string;
  /** Who carries it out. */
  by: string;
}

/**
 * Carries a plan out in one transaction. Refused when the state is no longer the one planned against, when records stand in the
 * way, or when a loss is not accepted with a reason. Gives the registers it changed.
 * @throws {Problem} `registry.plan-…`
 */
export async function applyPlan(database: Database, given: Applying): Promise<string[]> {
  const file = readPlan(given.text);
  const wanted = given.registers.filter(({ register }) => Object.hasOwn(file.registers, register));
  return database.transaction(async (tx) => {
    await lockPublishing(tx);
    const prepared = await prepare(tx, wanted);
    if (!prepared || prepared.plan.plan !== file.plan) throw problem("plan-outdated");
    refuse(prepared.plan, file);
    for (const { change, catalog, additions } of prepared.parts) {
      const early = Object.keys(stepKinds).indexOf("field-new");
      const isEarly = (step: Step) => Object.keys(stepKinds).indexOf(step.kind) < early;
      for (const step of change.steps.filter(isEarly)) await runAll(tx, workOf(step, change, catalog).statements);
      await runAll(tx, additions);
      const rest = change.steps.filter((step) => !isEarly(step));
      const types = rest.filter((step) => step.kind === "type-widened" || step.kind === "states-new");
      for (const step of types) await runAll(tx, workOf(step, change, catalog).statements);
      if (change.before) await fillRecords(tx, { change, plan: file.plan, at: given.at, today: given.today });
      for (const step of rest) if (!types.includes(step)) await runAll(tx, workOf(step, change, catalog).statements);
      await publish(tx, { change, at: given.at, plan: file.plan });
    }
    const registers = Object.keys(prepared.plan.registers);
    await notePlan(tx, { ...given, id: file.plan, registers, accepted: file.accept });
    return registers;
  });
}

function refuse(plan: Plan, file: PlanFile): void {
  const shown = file.steps.map(({ step, at, sql }) => [step, at, sql]);
  if (JSON.stringify(shown) !== JSON.stringify(plan.steps.map(({ step, at, sql }) => [step, at, sql])))
    throw problem("plan-edited");
  const blocked = plan.steps.filter((step) => step.inTheWay !== undefined || isImpossible(stepOf(step)));
  if (blocked.length > 0) {
    const what = blocked.map((step) => step.at).join(", ");
    throw problem("plan-blocked", { params: { what, count: Math.max(...blocked.map((step) => step.inTheWay ?? 0)) } });
  }
  const open = plan.steps.filter((step, index) => {
    if (!loses(stepOf(step)) || !step.lost) return false;
    // More would be lost than was planned: somebody recorded values meanwhile.
    if (step.lost > (file.steps[index]?.lost ?? 0)) throw problem("plan-outdated");
    return !file.accept.some((one) => one.at === step.at && one.reason.trim() !== "");
  });
  if (open.length > 0) throw problem("plan-needs-acceptance", { params: { what: open.map((step) => step.at).join(", ") } });
}

function stepOf({ step, at }: PlannedStep): Step {
  return { kind: step, register: at.split(".")[0]!, name: at };
}
