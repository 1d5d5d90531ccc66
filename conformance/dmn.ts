/**
 * Runs the DMN Technology Compatibility Kit (dmn-tck/tck, its XML test format) against the decisions of block `process`. The kit is
 * read from a folder on this machine and never becomes part of the project.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Decimal, decimal, equalValues, type FeelValue, printValue } from "@kerege/kernel/feel";
import {
  compare,
  isContext,
  isList,
  parseDate,
  parseDateTime,
  parseDuration,
  parseTime,
  subtract,
} from "@kerege/kernel/feel/parts";
import { type Decisions, type Element, readDecisions, readElements } from "@kerege/process";
import type { Recorded } from "./recorded.ts";

export interface DmnMiss {
  /** Folder and number of the case. */
  readonly case: string;
  readonly result: string;
  readonly expected: string;
  readonly got: string;
  /** Key of the explanation. */
  readonly why: string;
}

export interface DmnLevel {
  readonly level: 2 | 3;
  readonly models: number;
  readonly cases: number;
  readonly passed: number;
  /** Of them those with a number that is equal only within the kit's own tolerance: it was computed there with binary doubles. */
  readonly nearly: number;
  readonly misses: readonly DmnMiss[];
}

/** Runs both levels of a checked-out kit: the folder that holds `TestCases`. */
export function runDmn(folder: string): DmnLevel[] {
  return ([2, 3] as const).map((level) => runLevel(path.join(folder, "TestCases", `compliance-level-${level}`), level));
}

interface Counted {
  cases: number;
  passed: number;
  nearly: number;
}

function runLevel(folder: string, level: 2 | 3): DmnLevel {
  const counted: Counted = { cases: 0, passed: 0, nearly: 0 };
  const misses: DmnMiss[] = [];
  let models = 0;
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const files = readdirSync(path.join(folder, name));
    const texts = new Map(
      files.filter((file) => file.endsWith(".dmn")).map((file) => [file, readFileSync(path.join(folder, name, file), "utf8")]),
    );
    models += texts.size;
    for (const file of files.filter((one) => /-test-.*\.xml$/.test(one)).sort()) {
      misses.push(...runFile({ name, texts, tests: readFileSync(path.join(folder, name, file), "utf8") }, counted));
    }
  }
  return { level, models, ...counted, misses };
}

interface TestFile {
  readonly name: string;
  readonly texts: ReadonlyMap<string, string>;
  readonly tests: string;
}

function runFile({ name, texts, tests }: TestFile, counted: Counted): DmnMiss[] {
  const read = readElements(tests);
  if (!read.ok) return [];
  const { root } = read;
  const model = texts.get(child(root, "modelName")?.text.trim() ?? "") ?? "";
  const made = readDecisions(model, { tolerant: true, imports: [...texts.values()].filter((text) => text !== model) });
  const misses: DmnMiss[] = [];
  for (const one of children(root, "testCase")) {
    counted.cases += 1;
    const found = made.ok
      ? runCase(one, made.decisions)
      : { misses: [{ result: "", expected: "", got: "not read" }], nearly: false };
    if (found.misses.length === 0) counted.passed += 1;
    if (found.misses.length === 0 && found.nearly) counted.nearly += 1;
    const label = `${name} ${one.attributes.get("id") ?? ""}`;
    misses.push(
      ...found.misses.map((miss) => ({
        case: label,
        ...miss,
        why: reasonOf(name, { model, expected: miss.expected, id: one.attributes.get("id") ?? "" }),
      })),
    );
  }
  return misses;
}

interface CaseRun {
  readonly misses: readonly { result: string; expected: string; got: string }[];
  readonly nearly: boolean;
}

function runCase(one: Element, decisions: Decisions): CaseRun {
  const inputs = new Map(children(one, "inputNode").map((input) => [input.attributes.get("name") ?? "", readExpected(input)]));
  const facts = Object.fromEntries(inputs);
  const type = one.attributes.get("type") ?? "decision";
  const invoked = one.attributes.get("invocableName");
  const misses: { result: string; expected: string; got: string }[] = [];
  let nearly = false;
  for (const node of children(one, "resultNode")) {
    const name = node.attributes.get("name") ?? "";
    const expected = readExpected(child(node, "expected"));
    const called = type === "decision" || invoked === undefined ? undefined : decisions.callable(invoked)?.call(facts);
    const whole =
      type === "decision" || invoked === undefined ? (decisions.decision(name)?.evaluate(facts) ?? null) : (called ?? null);
    const got = type === "decisionService" && isContext(whole) && whole.has(name) ? whole.get(name)! : whole;
    const same = sameness(got, expected);
    if (same === "nearly") nearly = true;
    if (same === "different") misses.push({ result: name, expected: printValue(expected, true), got: printValue(got, true) });
  }
  return { misses, nearly };
}

type Sameness = "equal" | "nearly" | "different";

/** What the kit's runners allow: numbers it expects were computed with binary doubles, so their last digits are wrong or missing. */
const TOLERANCE = decimal("0.00000001")!;
const ZERO = decimal(0)!;

/** Numbers are compared to the last digit; one that differs by less than the kit's tolerance is counted apart. */
function sameness(got: FeelValue, expected: FeelValue): Sameness {
  if (got instanceof Decimal && expected instanceof Decimal) {
    if (compare(got, expected) === 0) return "equal";
    const gap = subtract(got, expected);
    const [low, high] = [subtract(ZERO, TOLERANCE)!, TOLERANCE];
    return gap && isDouble(expected) && compare(gap, low) > 0 && compare(gap, high) < 0 ? "nearly" : "different";
  }
  if (isList(got) && isList(expected))
    return got.length === expected.length ? worst(got.map((item, index) => sameness(item, expected[index]!))) : "different";
  if (isContext(got) && isContext(expected)) {
    if (got.size !== expected.size) return "different";
    return worst([...got].map(([key, value]) => (expected.has(key) ? sameness(value, expected.get(key)!) : "different")));
  }
  if (got === null || expected === null || typeof got !== "object") return got === expected ? "equal" : "different";
  return String(got) === String(expected) || equalValues(got, expected) === true ? "equal" : "different";
}

/** A number of so many digits that the kit must have computed it; a short one is meant exactly. */
function isDouble(expected: Decimal): boolean {
  return expected.scale > 6;
}

function worst(all: readonly Sameness[]): Sameness {
  if (all.includes("different")) return "different";
  return all.includes("nearly") ? "nearly" : "equal";
}

function child(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((one) => one.name === name);
}

function children(element: Element | undefined, name: string): readonly Element[] {
  return element?.children.filter((one) => one.name === name) ?? [];
}

/** A value of the kit: a list, a context by its components, or one value with its type of XML Schema. */
function readExpected(element: Element | undefined): FeelValue {
  if (!element) return null;
  const list = child(element, "list");
  if (list) return list.attributes.get("nil") === "true" ? null : children(list, "item").map(readExpected);
  const components = children(element, "component");
  if (components.length > 0) return new Map(components.map((one) => [one.attributes.get("name") ?? "", readExpected(one)]));
  const value = child(element, "value");
  if (!value || value.attributes.get("nil") === "true") return null;
  return readValue(value.text, (value.attributes.get("type") ?? "").replace(/^.*:/, ""));
}

function readValue(text: string, type: string): FeelValue {
  const trimmed = text.trim();
  switch (type) {
    case "boolean":
      return trimmed === "true";
    case "decimal":
    case "double":
    case "integer":
    case "int":
      return decimal(trimmed);
    case "date":
      return parseDate(trimmed);
    case "time":
      return parseTime(trimmed);
    case "dateTime":
      return parseDateTime(trimmed);
    case "duration":
      return parseDuration(trimmed);
    default:
      return text;
  }
}

/** Causes of misses that are known; every other is `open`. */
function reasonOf(name: string, miss: { model: string; expected: string; id: string }): string {
  if (/external-java/.test(name) || /kind="Java"/.test(miss.model)) return "java";
  if (/-\d{4,9}-\d\d-\d\d/.test(miss.expected)) return "before-christ";
  return Object.entries(KNOWN).find(([, cases]) => cases.includes(`${name} ${miss.id}`))?.[0] ?? "open";
}

/** Cases we answer otherwise, and stand by it. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  // Two moments in order are not equal, however near they are.
  "second-fractions": ["0068-feel-equality time_005", "0068-feel-equality datetime_003_a"],
  // `(=10)` and `[10..10]` hold the same values, and are equal here; `(!=10)` has no ends.
  "range-form": ["0068-feel-equality range_010", "0068-feel-equality range_012"],
  // Patterns run in time that grows with the text alone, which back-references do not allow.
  "back-reference": ["1111-feel-matches-function K2-MatchesFunc-17"],
};

/** Why cases are missed, by the key of a miss. */
const DMN_REASONS: Readonly<Record<string, string>> = {
  java: "The case calls a function of Java. Packs hold no code, so external functions are refused.",
  "before-christ": "The case has a year before Christ.",
  "second-fractions":
    "The kit drops fractions of a second before it compares; here they count, so that two moments in order are never equal.",
  "range-form":
    "Ranges that hold the same values are equal here, whichever way they are written; `(!=10)` is no range, for it has no ends.",
  "back-reference":
    "Patterns are matched in time that grows with the text alone; a back-reference does not allow that, and gives null.",
  open: "Not explained yet.",
};

/** A run as the page of conformance prints it. */
export function reportDmn(levels: readonly DmnLevel[]): Recorded {
  const row = ({ level, models, cases, passed, nearly }: DmnLevel): string[] => [
    `level ${level}`,
    String(models),
    `${passed} of ${cases}`,
    String(nearly),
  ];
  return {
    suite: "DMN Technology Compatibility Kit",
    about:
      "Decision models with the result each must give. Files are read as those of others are: an expression with a fault is null. Numbers are compared to the last digit; where the kit computed a long one with binary doubles, its own tolerance of 0.00000001 counts; the last column tells how many such cases there are.",
    source: "dmn-tck/tck 0dbcaf9b98bc3af4e36d44a7aed95e9e85703a13",
    licence: "CC BY-SA",
    head: ["level", "models", "cases passed", "of these within the kit's tolerance"],
    rows: levels.map(row),
    misses: levels.flatMap(({ misses }) =>
      misses.map(({ case: label, expected, got, why }) => ({ case: label, expected, got, why: DMN_REASONS[why] ?? why })),
    ),
  };
}

/** The folder of the kit on this machine, where one is set and there. */
export function dmnFolder(): string | undefined {
  const folder = process.env.KEREGE_DMN_TCK;
  return folder !== undefined && existsSync(path.join(folder, "TestCases")) ? folder : undefined;
}
