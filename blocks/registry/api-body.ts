import type { IncomingHttpHeaders } from "node:http";
import type { Parameters } from "@kerege/kernel/api";
import { kernelProblem } from "@kerege/kernel/problem";
import type { JsonSchema } from "@kerege/kernel/schema";

/** Bodies that ask, by the call. */
export type CallBodies = Record<string, JsonSchema>;

/** Why somebody reads, in his own words, which stand in no address. */
export const REASON_HEADER = "Kerege-Reason";
const MOST_REASON = 1000;

const WHOLE = "^-?[0-9]";
/** Parameters that are lists or flags in JSON, where a query has only text. */
const others: Record<string, JsonSchema> = {
  fields: {
    type: "array",
    items: { type: "string", pattern: "^[a-z][a-z0-9_]*$" },
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
  },
  limit: { type: "integer", minimum: 1, maximum: 9999 },
  closed: { type: "boolean" },
};

/** The closed schema of a body that asks what a query with these parameters asks. */
export function askingBody(
  names: string[],
  { query }: Pick<Parameters, "query">,
  more: Record<string, JsonSchema> = {},
): JsonSchema {
  const properties = names.map((name) => {
    const { schema, description } = query[name]!;
    return [name, { ...(others[name] ?? jsonOf(schema)), description }];
  });
  const required = [...Object.keys(more), ...names.filter((name) => query[name]!.required && name === "search")];
  return {
    type: "object",
    additionalProperties: false,
    properties: { ...more, ...Object.fromEntries(properties) },
    ...(required.length > 0 && { required }),
  };
}

/** A number of a query is a number in JSON, yes and no are true and false. */
function jsonOf(schema: JsonSchema): JsonSchema {
  const { pattern, enum: values } = schema as { pattern?: string; enum?: string[] };
  if (pattern?.startsWith(WHOLE) && pattern.endsWith("{1,15}$")) return { type: "integer" };
  return values?.length === 2 && values.includes("true") && values.includes("false") ? { type: "boolean" } : schema;
}

/** A body that was checked, as the query that asks the same. */
export function queryOf(body: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : String(value)]),
  );
}

/**
 * The reason of a request: a text in quotes, or one of any letters as a display string (RFC 9651, 3.3.3 and 3.3.8): `%"…"` with `%xx` for the
 * bytes of UTF-8. @throws {Problem} `kernel.invalid-input`
 */
export function reasonIn(headers: IncomingHttpHeaders): string | undefined {
  const sent = headers[REASON_HEADER.toLowerCase()];
  if (sent === undefined) return undefined;
  const text = String(sent).trim();
  const [, quoted] = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(text) ?? [];
  if (quoted !== undefined && quoted.length <= MOST_REASON) return quoted.replaceAll(/\\(.)/g, "$1");
  const [, display] = /^%"((?:[\x20-\x21\x23-\x24\x26-\x7e]|%[0-9a-f]{2})*)"$/.exec(text) ?? [];
  try {
    const said = display === undefined ? undefined : decodeURIComponent(display);
    if (said !== undefined && said.length <= MOST_REASON) return said;
  } catch {
    // Falls through: what was sent is no UTF-8.
  }
  throw kernelProblem("invalid-input", { fields: [{ pointer: `/${REASON_HEADER}`, key: "kernel.fields.wrong" }] });
}
