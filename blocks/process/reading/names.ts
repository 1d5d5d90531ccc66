import type { Shape } from "@kerege/kernel/feel";
import { GIVEN } from "./bindings.ts";
import { own, type Source, tell, walk } from "./source.ts";
import { type Element, words } from "./tree.ts";
import { checkName, isName } from "./work.ts";

const SHAPES: ReadonlySet<string> = new Set<Shape & string>([
  "any",
  "boolean",
  "number",
  "string",
  "date",
  "time",
  "date and time",
  "days and time duration",
  "years and months duration",
  "list",
  "context",
]);

/** All names that expressions of a process may use: what it was bound to, what it declares, what its steps put in. */
export function namesOf(source: Source, process: Element): Readonly<Record<string, Shape>> {
  const names: Record<string, Shape> = { ...GIVEN };
  const declared = { ...source.bindings.variables };
  for (const element of walk(process)) {
    for (const name of putIn(element)) if (isName(name)) names[name] ??= "any";
    for (const variable of own(element, "Variable")) declare(source, { holder: element, variable, declared });
    if (isValue(element)) declare(source, { holder: element, variable: element, declared });
  }
  return { ...names, ...declared };
}

export function isValue(element: Element): boolean {
  return element.$type === "bpmn:Property" || element.$type === "bpmn:DataObject";
}

function declare(source: Source, given: { holder: Element; variable: Element; declared: Record<string, Shape> }): void {
  const { holder, variable, declared } = given;
  const name = words(variable, "name");
  const type = words(variable, "type");
  if (variable.$type !== "kerege:Variable") {
    // Data that is only drawn is called as people like; it becomes a variable where its name can be one.
    if (name && isName(name)) declared[name] ??= SHAPES.has(type ?? "") ? (type as Shape) : "any";
    return;
  }
  if (!name) {
    tell(source, holder, { code: "unsaid", params: { what: "kerege:variable name" } });
    return;
  }
  checkName(source, holder, name);
  if (type && !SHAPES.has(type))
    tell(source, holder, { code: "unknown-name", params: { what: "kerege:type", name: type, known: [...SHAPES].join(", ") } });
  declared[name] = type && SHAPES.has(type) ? (type as Shape) : "any";
}

function putIn(element: Element): string[] {
  const names = [words(element, "result"), words(element, "item"), words(element, "gather"), words(element, "to")];
  if (/^bpmn:Data(?:Input|Output)$/.test(element.$type)) names.push(words(element, "name"));
  return names.filter((name) => name !== undefined);
}
