import { type ApiCall, type Parameter, type Parameters, querySchema } from "@kerege/kernel/api";
import { type FieldProblem, kernelProblem } from "@kerege/kernel/problem";
import { compileSchema } from "@kerege/kernel/schema";
import { isOpenSearch } from "./addresses.ts";
import { askingBody, type CallBodies, queryOf, REASON_HEADER } from "./api-body.ts";
import { eventBody, eventCalls, importNames, importParameters } from "./api-calls.ts";
import { daySchema, textSchema, textValue } from "./api-values.ts";
import type { SearchCondition, Values } from "./declaration.ts";
import { spellingOf } from "./name-forms.ts";
import { problem } from "./problems.ts";
import type { CompiledRegister } from "./store-sql.ts";

export const API = "/api/registers/v1";

/** Query parameters as they were checked. */
export type Query = Record<string, string>;

const short = { type: "string", minLength: 1, maxLength: 200 };
const page = { type: "string", pattern: "^[1-9][0-9]{0,3}$" };
const version = { type: "string", pattern: "^[1-9][0-9]{0,8}$" };
const instant = { type: "string", format: "date-time", pattern: "^(?!0000)" };

const common: Record<string, Parameter> = {
  ground: { schema: short, description: "Declared ground of the reading; the subject sees it with its law" },
  fields: {
    schema: { type: "string", pattern: "^[a-z][a-z0-9_]*(,[a-z][a-z0-9_]*)*$", maxLength: 2000 },
    description: "Fields separated by commas; all that the ground allows when left out",
  },
  on: { schema: daySchema, description: "Day on which it was true; today when left out" },
  "known-at": { schema: instant, description: "Instant at which it was recorded; now when left out" },
  case: { schema: short, description: "Case the reading is for" },
  reason: { schema: { type: "string", maxLength: 1000 }, description: "Why, in the reader's own words" },
  after: { schema: { type: "string", minLength: 1, maxLength: 2000 }, description: "The `next` of the page before" },
  limit: { schema: page, description: "Most of a page" },
  closed: { schema: { enum: ["true", "false"] }, description: "Also records in a closed state" },
  from: { schema: version, description: "Older version", required: true },
  to: { schema: version, description: "Newer version", required: true },
  field: { schema: short, description: "Field the file is for", required: true },
  format: { schema: { enum: ["csv", "jsonl", "xlsx"] }, description: "csv when left out" },
};

/** A value that a search compares: parameter of the query, column of the register. */
export interface ConditionPart {
  parameter: string;
  /** Name of the value in the request of the search. */
  value: string;
  column: string;
  required: boolean;
  /** Compared by its letters, in any spelling. */
  spelt: boolean;
}

/** The API of one register: its calls, what each may be asked with, and what it answers. */
export interface RegisterApi {
  register: CompiledRegister;
  calls: ApiCall[];
  parameters: Parameters;
  /** A query of a call. @throws {Problem} `kernel.invalid-input` */
  read(call: string, query: unknown): Query;
  /** The condition that a query of a search names, with its values. @throws {Problem} */
  condition(query: Query): { name: string; values: Values };
  /** The same of a body that asks, as the query that asks the same. @throws {Problem} `kernel.invalid-input` */
  readBody(call: string, body: unknown): Query;
  /** Any declared search as a terminal asks it, all in text. @throws {Problem} `kernel.invalid-input` */
  readTyped(query: unknown): Query;
  /** The search that a query names is one whose values stand in no address. */
  isHidden(query: unknown): boolean;
  /** What the body of an event is; with `keyed` its key stands there too. @throws {Problem} `kernel.invalid-input` */
  readEvent(body: unknown, keyed?: boolean): EventBody;
}

export interface EventBody {
  key?: string;
  event: string;
  validFrom: string;
  values?: Record<string, never>;
  document: string | { kind: string; number: string; on?: string };
  case?: string;
  version?: number;
}

const reserved = new Set([...Object.keys(common), ...importNames, "search"]);

/** What a search compares. A field whose name is a parameter of every search goes by `<field>-is`. */
export function partsOf(condition: SearchCondition): ConditionPart[] {
  const part = (value: string, column: string, { required, spelt = false }: { required: boolean; spelt?: boolean }) => ({
    parameter: reserved.has(value) ? `${value}-is` : value,
    value,
    column,
    required,
    spelt,
  });
  const { exact = [], prefix, fuzzy = [], range, within } = condition;
  return [
    ...exact.map((field) => part(field, field, { required: true })),
    ...(prefix === undefined ? [] : [part(prefix, prefix, { required: exact.length === 0, spelt: true })]),
    ...fuzzy.map((field, index) => part(field, field, { required: index === 0, spelt: true })),
    ...(range === undefined ? [] : ["from", "until"].map((end) => part(`${range}_${end}`, range, { required: false }))),
    ...(within === undefined ? [] : [part(within, within, { required: true })]),
  ];
}

/** The box of a map: west, south, east, north in degrees. */
const box = { type: "string", pattern: "^-?[0-9]{1,3}(\\.[0-9]{1,12})?(,-?[0-9]{1,3}(\\.[0-9]{1,12})?){3}$" };

export function registerApi(register: CompiledRegister): RegisterApi {
  const { declaration } = register;
  const searches = Object.entries(declaration.search);
  const conditions = new Map<string, Parameter>();
  for (const [name, condition] of searches) {
    for (const { parameter, column, required } of partsOf(condition)) {
      const before = conditions.get(parameter)?.description;
      const said = `${name}${required ? "" : " (may be left out)"}`;
      conditions.set(parameter, {
        schema: condition.within === column ? box : textSchema(declaration.fields[column]!),
        description: before === undefined ? `For ${said}` : `${before}, ${said}`,
      });
    }
  }
  const open = searches.filter(([name]) => isOpenSearch(declaration, name));
  const searchOf = (named: typeof searches): Parameter => ({
    schema: { enum: named.map(([name]) => name) },
    description: named.map(([name, { title }]) => `${name}: ${title.en}`).join("; "),
    required: true,
  });
  const parameters: Parameters = {
    query: { ...common, ...importParameters(register), ...Object.fromEntries(conditions), search: searchOf(open) },
    path: {
      // Longer than any key: a sealed one has more letters.
      record: { type: "string", minLength: 1, maxLength: 600 },
      version,
      field: { type: "string", pattern: "^[a-z][a-z0-9_]*$" },
      fingerprint: { type: "string", pattern: "^[0-9a-f]{64}$" },
      id: { type: "string", format: "uuid" },
      line: { type: "string", pattern: "^[1-9][0-9]{0,9}$" },
    },
    header: {
      "Idempotency-Key": {
        schema: { type: "string", pattern: '^"?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"?$' },
        description: "UUID of this act: sent twice, it is recorded once",
        required: true,
      },
      "If-Match": {
        schema: { type: "string" },
        description: "ETag of the record the change was made on; else 412 with the difference",
      },
      [REASON_HEADER]: {
        schema: { type: "string", maxLength: 9100 },
        description:
          'Why, in the reader\'s own words: a string or a display string of RFC 9651, `%"…"` with `%xx` for bytes of UTF-8',
      },
    },
  };
  const all = [...conditions.keys()];
  const openConditions = all.filter((one) =>
    open.some(([, condition]) => partsOf(condition).some(({ parameter }) => parameter === one)),
  );
  const why = ["ground", "fields", "case", "reason"];
  const every = { query: { ...parameters.query, search: searchOf(searches) } };
  const bodies: CallBodies = {
    findRecord: askingBody([...why, "on", "known-at"], every, { key: short }),
    ...(searches.length > 0 && {
      postSearch: askingBody(["search", ...all, ...why, "closed", "after", "limit"], every),
      postExport: askingBody(["search", ...all, ...why, "closed", "format"], every),
    }),
  };
  const calls = eventCalls(register, { all, open: openConditions }, bodies);
  const checks = new Map<string, ReturnType<typeof compileSchema>>();
  const events = new Map<boolean, ReturnType<typeof compileSchema>>();
  const checkOf = (id: string) => {
    let check = checks.get(id);
    if (!check) {
      const call = calls.find((one) => one.id === id);
      if (!call) throw problem("unknown-search", { params: { register: declaration.register, search: "" } });
      check = compileSchema(bodies[id] ?? querySchema(call.query, parameters));
      checks.set(id, check);
    }
    return check;
  };
  return {
    register,
    calls,
    parameters,
    read(id, query) {
      refuse(checkOf(id)(query));
      return query as Query;
    },
    readBody(id, body) {
      refuse(checkOf(id)(body));
      return queryOf(body as Record<string, unknown>);
    },
    readTyped(query) {
      if (searches.length === 0) throw problem("unknown-search", { params: { register: declaration.register, search: "" } });
      refuse(compileSchema(querySchema(["search", ...all, ...why, "closed", "format"], every))(query));
      return query as Query;
    },
    isHidden(query) {
      const name = (query as Query | null)?.search;
      return typeof name === "string" && Object.hasOwn(declaration.search, name) && !isOpenSearch(declaration, name);
    },
    condition(query) {
      const name = query.search!;
      const parts = partsOf(declaration.search[name]!);
      const own = new Set(parts.map(({ parameter }) => parameter));
      const faults: FieldProblem[] = [
        ...Object.keys(query)
          .filter((one) => conditions.has(one) && !own.has(one))
          .map((one) => ({ pointer: `/${one}`, key: "kernel.fields.unknown" })),
        ...parts
          .filter(({ parameter, required }) => required && query[parameter] === undefined)
          .map(({ parameter }) => ({ pointer: `/${parameter}`, key: "kernel.fields.required" })),
        // A name without a letter begins every name there is.
        ...parts
          .filter(({ parameter, spelt }) => spelt && query[parameter] !== undefined && spellingOf(query[parameter]) === "")
          .map(({ parameter }) => ({ pointer: `/${parameter}`, key: "kernel.fields.wrong" })),
      ];
      if (faults.length > 0) throw kernelProblem("invalid-input", { fields: faults });
      const values: Values = {};
      for (const { parameter, value, column } of parts) {
        const text = query[parameter];
        if (text !== undefined) values[value] = textValue(declaration.fields[column]!, text);
      }
      return { name, values };
    },
    readEvent(given, keyed = false) {
      const check = events.get(keyed) ?? compileSchema(eventBody(register, keyed));
      events.set(keyed, check);
      refuse(check(given));
      return given as EventBody;
    },
  };
}

function refuse(faults: ReturnType<ReturnType<typeof compileSchema>>): void {
  if (faults.length === 0) return;
  const key = { "unknown-field": "unknown", "missing-field": "required" } as Record<string, string>;
  throw kernelProblem("invalid-input", {
    fields: faults.slice(0, 50).map(({ code, path, params }) => ({
      pointer: [...path, ...(code === "missing-field" ? [String(params.field)] : [])]
        .map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`)
        .join(""),
      key: `kernel.fields.${key[code] ?? "wrong"}`,
    })),
  });
}
