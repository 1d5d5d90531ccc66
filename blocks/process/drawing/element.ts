import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** An element of a BPMN file as bpmn-moddle reads it: references are the elements themselves. */
export interface Element {
  readonly $type: string;
  readonly id?: string;
  readonly $parent?: Element;
  readonly [property: string]: unknown;
}

interface Moddle {
  BpmnModdle: new () => { fromXML(xml: string): Promise<{ rootElement: Element }> };
}

/** The `definitions` of a file. @throws {Error} of the reader where the text is no BPMN */
export async function parse(xml: string): Promise<Element> {
  const { BpmnModdle } = require("bpmn-moddle") as Moddle;
  return (await new BpmnModdle().fromXML(xml)).rootElement;
}

const isElement = (value: unknown): value is Element =>
  typeof value === "object" && value !== null && typeof (value as Element).$type === "string";

export function one(element: Element | undefined, property: string): Element | undefined {
  const value = element?.[property];
  return isElement(value) ? value : undefined;
}

export function many(element: Element | undefined, property: string): Element[] {
  const value = element?.[property];
  return Array.isArray(value) ? value.filter(isElement) : [];
}

export function text(element: Element | undefined, property: string): string {
  const value = element?.[property];
  return typeof value === "string" ? value : "";
}

export function flag(element: Element | undefined, property: string): boolean {
  return element?.[property] === true;
}

export function amount(element: Element | undefined, property: string): number {
  const value = element?.[property];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** `UserTask` of `bpmn:UserTask`. */
export const typeOf = (element: Element): string => element.$type.slice(element.$type.indexOf(":") + 1);
