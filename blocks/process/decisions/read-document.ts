import type {
  DecisionNode,
  Document,
  DrgNode,
  FunctionExpression,
  Import,
  ItemDefinition,
  KnowledgeNode,
  Reference,
  ServiceNode,
} from "./document.ts";
import { child, children, type Element, readElements } from "./element.ts";
import type { Faults } from "./fault.ts";
import { readBoxed, readFunction } from "./read-boxed.ts";
import { textIn, typeOf } from "./written.ts";

/** DMN 1.2, 1.3, 1.4 and 1.5; what was written for them reads the same here. */
const MODEL = /^https?:\/\/www\.omg\.org\/spec\/DMN\/(20180521|20191111|20211108|20230324)\/MODEL\/?$/;
const MODELS_IMPORTED = /\/spec\/DMN\//;

/** Reads the text of a file; undefined where it is no file of decisions, with the faults that say why. */
export function readDocument(xml: string, faults: Faults): Document | undefined {
  const read = readElements(xml);
  if (!read.ok) {
    for (const fault of read.faults) faults.xml(fault);
    return undefined;
  }
  const { root } = read;
  if (root.name !== "definitions" || !MODEL.test(root.namespace)) {
    faults.add("not-dmn", { element: root.name, place: root.place }, { namespace: root.namespace || "—" });
    return undefined;
  }
  const types = children(root, "itemDefinition").map((element) => readItem(element));
  const nodes = root.children.flatMap((element) => readNode(element, faults) ?? []);
  const name = root.attributes.get("name") ?? "";
  sayTwice(types, "type-twice", faults);
  sayTwice(nodes, "name-twice", faults);
  return {
    name,
    namespace: root.attributes.get("namespace") ?? "",
    imports: children(root, "import").flatMap(readImport),
    types: new Map(types.map((type) => [type.name, type])),
    nodes: new Map(nodes.map((node) => [node.id, node])),
  };
}

function sayTwice(list: readonly { name: string; place: Element["place"] }[], code: string, faults: Faults): void {
  const seen = new Set<string>();
  for (const { name, place } of list) {
    if (seen.has(name)) faults.add(code, { element: name, place }, { name });
    seen.add(name);
  }
}

function readImport(element: Element): Import[] {
  const type = element.attributes.get("importType") ?? "";
  if (!MODELS_IMPORTED.test(type)) return [];
  const namespace = element.attributes.get("namespace") ?? "";
  return [{ name: element.attributes.get("name") ?? "", namespace, place: element.place }];
}

function readItem(element: Element): ItemDefinition {
  return {
    name: element.attributes.get("name") ?? "",
    place: element.place,
    typeRef: typeOf(child(element, "typeRef")?.text),
    isCollection: element.attributes.get("isCollection") === "true",
    isFunction: child(element, "functionItem") !== undefined,
    allowed: textIn(child(element, "allowedValues")),
    constraint: textIn(child(element, "typeConstraint")),
    components: children(element, "itemComponent").map(readItem),
  };
}

function readNode(element: Element, faults: Faults): DrgNode | undefined {
  switch (element.name) {
    case "decision":
      return readDecision(element, faults);
    case "inputData":
      return { kind: "input", ...named(element, faults) };
    case "businessKnowledgeModel":
      return readKnowledge(element, faults);
    case "decisionService":
      return readService(element, faults);
    default:
      return undefined;
  }
}

function named(
  element: Element,
  faults: Faults,
): { id: string; name: string; place: Element["place"]; typeRef: string | undefined } {
  const variable = child(element, "variable");
  const name = element.attributes.get("name") ?? variable?.attributes.get("name") ?? "";
  const id = element.attributes.get("id") ?? name;
  if (name.trim() === "") faults.add("name-missing", { element: id || element.name, place: element.place });
  return { id, name, place: element.place, typeRef: typeOf(variable?.attributes.get("typeRef")) };
}

function readDecision(element: Element, faults: Faults): DecisionNode {
  const own = named(element, faults);
  return {
    kind: "decision",
    ...own,
    information: requirements(element, "informationRequirement"),
    knowledge: requirements(element, "knowledgeRequirement"),
    logic: readBoxed(element, { element: own.name, faults }),
    question: child(element, "question")?.text.trim() ?? "",
  };
}

function readKnowledge(element: Element, faults: Faults): KnowledgeNode {
  const own = named(element, faults);
  const logic = child(element, "encapsulatedLogic");
  const read: FunctionExpression | undefined = logic && readFunction(logic, { element: own.name, faults });
  return { kind: "knowledge", ...own, knowledge: requirements(element, "knowledgeRequirement"), logic: read };
}

function readService(element: Element, faults: Faults): ServiceNode {
  const references = (name: string): Reference[] => children(element, name).map(readReference);
  return {
    kind: "service",
    ...named(element, faults),
    inputs: references("inputData"),
    inputDecisions: references("inputDecision"),
    outputs: references("outputDecision"),
    encapsulated: references("encapsulatedDecision"),
  };
}

function requirements(element: Element, name: string): Reference[] {
  return children(element, name)
    .flatMap((requirement) => requirement.children)
    .filter((one) => one.attributes.has("href"))
    .map(readReference);
}

function readReference(element: Element): Reference {
  return { href: element.attributes.get("href") ?? "", place: element.place };
}
