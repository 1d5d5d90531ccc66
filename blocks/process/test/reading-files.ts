import type { Calendar, Model } from "../engine/model.ts";
import { type Bindings, type ReadFault, type ReadModel, readModel } from "../reading/read.ts";

/** A calendar whose every day but Sunday is worked. */
export const calendar: Calendar = {
  zone: "Asia/Bishkek",
  isWorkingDay: (day) => new Date(`${day}T00:00:00Z`).getUTCDay() !== 0,
  addWorkingDays(day, count) {
    const at = new Date(`${day}T00:00:00Z`);
    for (let left = count; left > 0; ) {
      at.setUTCDate(at.getUTCDate() + 1);
      if (at.getUTCDay() !== 0) left--;
    }
    return at.toISOString().slice(0, 10);
  },
};

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kerege="https://kerege.org/process" id="file" targetNamespace="trial">`;

/** A file with one process `p`; the first line of `inner` is line 4. */
export function file(inner: string, roots = ""): string {
  return `${HEAD}\n<process id="p" isExecutable="true">\n${inner}\n</process>${roots}</definitions>`;
}

/** Flows from `a b, b c`. A word after a colon is the condition. */
export function flows(text: string): string {
  return text
    .split(",")
    .map((one, index) => {
      const [ends = "", condition] = one.split(":");
      const [from, to] = ends.trim().split(" ");
      const inside = condition ? `<conditionExpression>${condition.trim().replaceAll("<", "&lt;")}</conditionExpression>` : "";
      return `<sequenceFlow id="f${index + 1}" sourceRef="${from}" targetRef="${to}">${inside}</sequenceFlow>`;
    })
    .join("\n");
}

export function read(xml: string, bindings: Partial<Bindings> = {}): ReadModel {
  return readModel(xml, { calendar, ...bindings });
}

export function modelOf(xml: string, bindings: Partial<Bindings> = {}): Model {
  const found = read(xml, bindings);
  if (!found.ok) throw new TypeError(JSON.stringify(found.faults, null, 1));
  return found.model;
}

export function faultsOf(xml: string, bindings: Partial<Bindings> = {}): readonly ReadFault[] {
  const found = read(xml, bindings);
  return found.ok ? [] : found.faults;
}

/** Faults as `line code element`. */
export function said(xml: string, bindings: Partial<Bindings> = {}): string[] {
  return faultsOf(xml, bindings).map(({ line, code, params }) => `${line} ${code} ${params.element}`);
}

export const START = `<startEvent id="s"/>`;
export const END = `<endEvent id="e"/>`;
export const task = (id: string) => `<userTask id="${id}" kerege:role="r"/>`;
export const gate = (kind: string, id: string, more = "") => `<${kind}Gateway id="${id}" ${more}/>`;
/** A process from start over `t` to end; what is in line 4 is what the test is about. */
export const around = (inner: string, more = "") => file(`${inner}\n${START}${END}${more}${flows("s t, t e")}`);
export const on = (event: string, more = "") =>
  around(
    `<boundaryEvent id="b" name="Late" attachedToRef="t" ${more}>${event}</boundaryEvent>`,
    `${task("t")}<sequenceFlow id="bf" sourceRef="b" targetRef="e"/>`,
  );
export const timer = (inner: string) => on(`<timerEventDefinition>${inner}</timerEventDefinition>`);
