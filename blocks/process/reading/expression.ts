import { type Expression as Compiled, compileExpression, describeFault, type Shape, toPlain } from "@kerege/kernel/feel";
import type { Expression } from "../engine/model.ts";
import { type Source, tell } from "./source.ts";
import type { Element } from "./tree.ts";

/** Where an expression stands and what it may be. */
export interface Asked {
  readonly source: Source;
  readonly at: Element;
  readonly text: string;
  /** Names that nobody declares are variables that may come: in what a call gives back. */
  readonly open?: boolean;
  readonly wants?: "boolean";
}

const MOST_OPEN_NAMES = 200;
const SPEAKS_OF_TIME = /\b(?:now|today)\b/;

/** A value that is always the same. */
export function constant(value: string | number | boolean): Expression {
  return { text: String(value), reads: [], evaluate: () => value };
}

/** Nothing but FEEL is ever evaluated. A leading `=`, as other tools write it, is passed over. Undefined where a fault was told. */
export function compile(asked: Asked): Expression | undefined {
  const { source, at } = asked;
  const text = asked.text.trim().replace(/^=\s*/, "");
  const names: Record<string, Shape> = { ...source.names };
  const open = asked.open || source.bindings.openNames;
  for (let tries = 0; tries <= MOST_OPEN_NAMES; tries++) {
    const compiled = compileExpression(text, { names });
    if (compiled.ok) return sound(asked, compiled) ? bind(text, compiled) : undefined;
    const unknown = open
      ? compiled.faults.find((fault) => fault.code === "name-unknown" || fault.code === "name-near")
      : undefined;
    const name = unknown?.params.name;
    if (typeof name !== "string" || Object.hasOwn(names, name)) {
      for (const feel of compiled.faults) {
        const { code, params, line, column } = feel;
        const said = { expression: short(text), row: line, character: column, ...describeFault(feel, "en") };
        tell(source, at, { code: "feel", params: said, feel: { code, params } });
      }
      return undefined;
    }
    names[name] = "any";
  }
  return undefined;
}

/** A standing expression can be tried at once: an endless one shows itself here, and so does a condition that is no yes or no. */
function sound({ source, at, wants }: Asked, compiled: Compiled & { text?: string }): boolean {
  if (wants === "boolean" && !["boolean", "any", "null"].includes(String(compiled.shape))) {
    tell(source, at, { code: "not-a-condition", params: { shape: String(compiled.shape) } });
    return false;
  }
  // One endless expression is enough to refuse a file; a file of them would be tried for minutes.
  if (source.faults.some(({ code }) => code === "endless")) return false;
  const endless = compiled.evaluateWithTrace({}).warnings.some(({ code }) => code === "limit");
  if (endless) tell(source, at, { code: "endless" });
  return !endless;
}

function bind(text: string, compiled: Compiled): Expression {
  const timed = SPEAKS_OF_TIME.test(text);
  return {
    text,
    reads: compiled.reads,
    evaluate(variables, { at, zone }) {
      const value = timed ? compiled.evaluate(variables, { now: new Date(at), zone }) : compiled.evaluate(variables);
      return value === true || value === false ? value : toPlain(value);
    },
  };
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/** The text of an expression element; tells where another language than FEEL is asked for. */
export function textOf(source: Source, at: Element | undefined): string | undefined {
  if (!at) return undefined;
  const { language, body } = at;
  if (typeof language === "string" && language.trim() !== "" && !/feel/i.test(language)) {
    tell(source, at, { code: "not-feel", params: { language } });
    return undefined;
  }
  const text = typeof body === "string" ? body.trim() : "";
  return text === "" ? undefined : text;
}

/** The expression of an element that holds one; undefined where there is none or a fault was told. */
export function expressionOf(source: Source, at: Element | undefined, wants?: "boolean"): Expression | undefined {
  const text = textOf(source, at);
  return text === undefined ? undefined : compile({ source, at: at!, text, wants });
}
