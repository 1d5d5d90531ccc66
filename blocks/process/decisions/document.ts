/** A file of decisions as DMN 1.2–1.5 has it (OMG formal/2024-01-01, chapters 6, 7 and 10), before anything is compiled. */
import type { Place } from "../reading/xml.ts";
import type { PlacedText } from "./fault.ts";

export interface Document {
  readonly name: string;
  readonly namespace: string;
  readonly imports: readonly Import[];
  /** By name. */
  readonly types: ReadonlyMap<string, ItemDefinition>;
  /** By id. */
  readonly nodes: ReadonlyMap<string, DrgNode>;
}

export interface Import {
  /** Under which its elements are named here; empty where they are named as if they were our own (DMN 1.5 §6.3.3). */
  readonly name: string;
  readonly namespace: string;
  readonly place: Place;
}

/** A type of its own name (§7.3.2): built of components, or another type narrowed. */
export interface ItemDefinition {
  readonly name: string;
  readonly place: Place;
  readonly typeRef: string | undefined;
  readonly isCollection: boolean;
  readonly isFunction: boolean;
  /** Unary tests each item must meet. */
  readonly allowed: PlacedText | undefined;
  /** Unary tests the whole must meet (DMN 1.5). */
  readonly constraint: PlacedText | undefined;
  readonly components: readonly ItemDefinition[];
}

interface Named {
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  readonly typeRef: string | undefined;
}

export interface DecisionNode extends Named {
  readonly kind: "decision";
  /** `namespace#id` or `#id` of required decisions and input data. */
  readonly information: readonly Reference[];
  readonly knowledge: readonly Reference[];
  readonly logic: Boxed | undefined;
  /** What the deciding official is asked, and what may be answered (§6.3.7). */
  readonly question: string;
}

export interface InputNode extends Named {
  readonly kind: "input";
}

export interface KnowledgeNode extends Named {
  readonly kind: "knowledge";
  readonly knowledge: readonly Reference[];
  readonly logic: FunctionExpression | undefined;
}

export interface ServiceNode extends Named {
  readonly kind: "service";
  readonly inputs: readonly Reference[];
  readonly inputDecisions: readonly Reference[];
  readonly outputs: readonly Reference[];
  readonly encapsulated: readonly Reference[];
}

export type DrgNode = DecisionNode | InputNode | KnowledgeNode | ServiceNode;

export interface Reference {
  readonly href: string;
  readonly place: Place;
}

interface Expression {
  readonly id: string;
  readonly place: Place;
  readonly typeRef: string | undefined;
}

export interface LiteralExpression extends Expression {
  readonly kind: "literal";
  readonly written: PlacedText;
}

export interface ContextExpression extends Expression {
  readonly kind: "context";
  readonly entries: readonly ContextEntry[];
}

export interface ContextEntry {
  /** None for the result of the context. */
  readonly name: string | undefined;
  readonly typeRef: string | undefined;
  readonly value: Boxed | undefined;
}

export interface InvocationExpression extends Expression {
  readonly kind: "invocation";
  readonly callee: Boxed | undefined;
  readonly bindings: readonly { readonly name: string; readonly value: Boxed | undefined }[];
}

export interface FunctionExpression extends Expression {
  readonly kind: "function";
  readonly parameters: readonly { readonly name: string; readonly typeRef: string | undefined }[];
  readonly body: Boxed | undefined;
  /** `FEEL`, or `Java` and `PMML`, which are not executed. */
  readonly language: string;
}

export interface ListExpression extends Expression {
  readonly kind: "list";
  readonly items: readonly Boxed[];
}

export interface RelationExpression extends Expression {
  readonly kind: "relation";
  readonly columns: readonly { readonly name: string; readonly typeRef: string | undefined }[];
  readonly rows: readonly (readonly Boxed[])[];
}

export interface ConditionalExpression extends Expression {
  readonly kind: "conditional";
  readonly condition: Boxed | undefined;
  readonly yes: Boxed | undefined;
  readonly no: Boxed | undefined;
}

export interface FilterExpression extends Expression {
  readonly kind: "filter";
  readonly source: Boxed | undefined;
  readonly match: Boxed | undefined;
}

export interface IteratorExpression extends Expression {
  readonly kind: "for" | "some" | "every";
  readonly variable: string;
  readonly source: Boxed | undefined;
  readonly body: Boxed | undefined;
}

export const HIT_POLICIES = ["UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT"] as const;
export type HitPolicy = (typeof HIT_POLICIES)[number];
export const AGGREGATORS = ["SUM", "COUNT", "MIN", "MAX"] as const;
export type Aggregator = (typeof AGGREGATORS)[number];

export interface TableExpression extends Expression {
  readonly kind: "table";
  readonly hitPolicy: HitPolicy;
  readonly aggregator: Aggregator | undefined;
  readonly inputs: readonly TableInput[];
  readonly outputs: readonly TableOutput[];
  readonly rules: readonly TableRule[];
}

export interface TableInput {
  readonly label: string;
  readonly written: PlacedText;
  readonly typeRef: string | undefined;
  /** Unary tests that every value meets. */
  readonly values: PlacedText | undefined;
}

export interface TableOutput {
  readonly name: string;
  readonly typeRef: string | undefined;
  /** In the order of their priority. */
  readonly values: PlacedText | undefined;
  readonly otherwise: PlacedText | undefined;
}

export interface TableRule {
  readonly id: string;
  readonly place: Place;
  readonly cells: readonly PlacedText[];
  readonly results: readonly PlacedText[];
  /** Texts of the annotations by their names, lower case. */
  readonly annotations: ReadonlyMap<string, PlacedText>;
}

export type Boxed =
  | LiteralExpression
  | TableExpression
  | ContextExpression
  | InvocationExpression
  | FunctionExpression
  | ListExpression
  | RelationExpression
  | ConditionalExpression
  | FilterExpression
  | IteratorExpression;
