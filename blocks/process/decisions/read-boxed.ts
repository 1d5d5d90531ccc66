import {
  AGGREGATORS,
  type Boxed,
  type FunctionExpression,
  HIT_POLICIES,
  type TableExpression,
  type TableOutput,
  type TableRule,
} from "./document.ts";
import { child, children, type Element } from "./element.ts";
import type { Faults, PlacedText } from "./fault.ts";
import { textIn, typeOf } from "./written.ts";

/** The decision or function a boxed expression belongs to, and where faults go. */
interface Within {
  readonly element: string;
  readonly faults: Faults;
}

type Common = { id: string; place: Element["place"]; typeRef: string | undefined };

const READERS: Readonly<Record<string, (element: Element, within: Within, common: Common) => Boxed>> = {
  literalExpression: readLiteral,
  decisionTable: readTable,
  context: (element, within, common) => ({
    kind: "context",
    ...common,
    entries: children(element, "contextEntry").map((entry) => {
      const variable = child(entry, "variable");
      return {
        name: variable?.attributes.get("name"),
        typeRef: typeOf(variable?.attributes.get("typeRef")),
        value: readBoxed(entry, within),
      };
    }),
  }),
  invocation: (element, within, common) => ({
    kind: "invocation",
    ...common,
    callee: readBoxed(element, within),
    bindings: children(element, "binding").map((binding) => ({
      name: child(binding, "parameter")?.attributes.get("name") ?? "",
      value: readBoxed(binding, within),
    })),
  }),
  functionDefinition: (element, within) => readFunction(element, within),
  list: (element, within, common) => ({ kind: "list", ...common, items: readAll(element, within) }),
  relation: (element, within, common) => ({
    kind: "relation",
    ...common,
    columns: children(element, "column").map((column) => ({
      name: column.attributes.get("name") ?? "",
      typeRef: typeOf(column.attributes.get("typeRef")),
    })),
    rows: children(element, "row").map((row) => readAll(row, within)),
  }),
  conditional: (element, within, common) => ({
    kind: "conditional",
    ...common,
    condition: readBoxed(child(element, "if"), within),
    yes: readBoxed(child(element, "then"), within),
    no: readBoxed(child(element, "else"), within),
  }),
  filter: (element, within, common) => ({
    kind: "filter",
    ...common,
    source: readBoxed(child(element, "in"), within),
    match: readBoxed(child(element, "match"), within),
  }),
  for: (element, within, common) => readIterator(element, within, { ...common, kind: "for", body: "return" }),
  some: (element, within, common) => readIterator(element, within, { ...common, kind: "some", body: "satisfies" }),
  every: (element, within, common) => readIterator(element, within, { ...common, kind: "every", body: "satisfies" }),
};

/** The boxed expression inside an element (DMN 1.5 §7.3.1, §10.2), if there is one. */
export function readBoxed(holder: Element | undefined, within: Within): Boxed | undefined {
  return holder && readAll(holder, within)[0];
}

function readAll(holder: Element, within: Within): Boxed[] {
  return holder.children.flatMap((element) => {
    const read = Object.hasOwn(READERS, element.name) ? READERS[element.name] : undefined;
    return read ? [read(element, within, commonOf(element))] : [];
  });
}

function commonOf(element: Element): Common {
  return {
    id: element.attributes.get("id") ?? "",
    place: element.place,
    typeRef: typeOf(element.attributes.get("typeRef")),
  };
}

function readLiteral(element: Element, within: Within, common: Common): Boxed {
  const language = element.attributes.get("expressionLanguage");
  if (language !== undefined && !/\/FEEL\/?$/i.test(language))
    within.faults.add("expression-language", { element: within.element, place: element.place }, { language });
  return { kind: "literal", ...common, written: textIn(element) ?? { text: "", place: element.place } };
}

/** A function definition, or the encapsulated logic of a business knowledge model, which is one (§10.2.1.7). */
export function readFunction(element: Element, within: Within): FunctionExpression {
  return {
    kind: "function",
    ...commonOf(element),
    parameters: children(element, "formalParameter").map((parameter) => ({
      name: parameter.attributes.get("name") ?? "",
      typeRef: typeOf(parameter.attributes.get("typeRef")),
    })),
    body: readBoxed(element, within),
    language: element.attributes.get("kind") ?? "FEEL",
  };
}

function readIterator(element: Element, within: Within, how: Common & { kind: "for" | "some" | "every"; body: string }): Boxed {
  return {
    ...how,
    variable: element.attributes.get("iteratorVariable") ?? "",
    source: readBoxed(child(element, "in"), within),
    body: readBoxed(child(element, how.body), within),
  };
}

function readTable(element: Element, within: Within, common: Common): TableExpression {
  const say = (code: string, place: Element["place"], params: Record<string, string | number>) =>
    within.faults.add(code, { element: within.element, place }, params);
  const policy = element.attributes.get("hitPolicy") ?? "UNIQUE";
  const hitPolicy = HIT_POLICIES.find((one) => one === policy);
  if (!hitPolicy) say("hit-policy", element.place, { policy, known: HIT_POLICIES.join(", ") });
  const aggregation = element.attributes.get("aggregation");
  const aggregator = AGGREGATORS.find((one) => one === aggregation);
  if (aggregation !== undefined && !aggregator) say("aggregator", element.place, { aggregation, known: AGGREGATORS.join(", ") });
  const outputs = children(element, "output").map(readOutput);
  if (outputs.length > 1) {
    for (const [index, { name }] of outputs.entries()) if (name === "") say("output-name", element.place, { column: index + 1 });
    if (aggregator && aggregator !== "COUNT") say("aggregated-columns", element.place, { aggregation: aggregator });
  }
  const inputs = children(element, "input").map((input) => {
    const expression = child(input, "inputExpression");
    const written = textIn(expression) ?? { text: "", place: input.place };
    const values = filled(textIn(child(input, "inputValues")));
    return {
      label: input.attributes.get("label") ?? written.text.trim(),
      written,
      typeRef: typeOf(expression?.attributes.get("typeRef")),
      values,
    };
  });
  const named = children(element, "annotation").map((annotation) =>
    (annotation.attributes.get("name") ?? "").trim().toLowerCase(),
  );
  const rules = children(element, "rule").map((rule) => readRule(rule, named));
  for (const [index, rule] of rules.entries()) {
    if (rule.cells.length === inputs.length && rule.results.length === outputs.length) continue;
    say("cells", rule.place, {
      rule: index + 1,
      wanted: `${inputs.length} + ${outputs.length}`,
      given: `${rule.cells.length} + ${rule.results.length}`,
    });
  }
  return { kind: "table", ...common, hitPolicy: hitPolicy ?? "UNIQUE", aggregator, inputs, outputs, rules };
}

function readOutput(element: Element): TableOutput {
  return {
    name: element.attributes.get("name") ?? element.attributes.get("label") ?? "",
    typeRef: typeOf(element.attributes.get("typeRef")),
    values: filled(textIn(child(element, "outputValues"))),
    otherwise: filled(textIn(child(element, "defaultOutputEntry"))),
  };
}

function readRule(element: Element, named: readonly string[]): TableRule {
  const texts = (name: string): PlacedText[] =>
    children(element, name).map((entry) => textIn(entry) ?? { text: "", place: entry.place });
  const annotations = texts("annotationEntry").map((text, index) => [named[index] ?? "", text] as const);
  return {
    id: element.attributes.get("id") ?? "",
    place: element.place,
    // Modelers leave a cell empty that stands for any value.
    cells: texts("inputEntry").map((cell) => (cell.text.trim() === "" ? { ...cell, text: "-" } : cell)),
    results: texts("outputEntry"),
    annotations: new Map(annotations),
  };
}

function filled(written: PlacedText | undefined): PlacedText | undefined {
  return written && written.text.trim() !== "" ? written : undefined;
}
