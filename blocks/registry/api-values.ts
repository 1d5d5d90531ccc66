import type { JsonSchema } from "@kerege/kernel/schema";
import type { RegisterField } from "./declaration.ts";

const LANGUAGES = ["ky", "ru", "kk", "en"];
const MOST_TEXT = 300;

/** A text in the four languages of the house, all there. */
export const multilingualSchema: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: LANGUAGES,
  properties: Object.fromEntries(LANGUAGES.map((language) => [language, { type: "string" }])),
};

const closed = (properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});

/** GeoJSON (RFC 7946, 3.1), the kinds that a register takes. */
const geometry: JsonSchema = closed({
  type: { enum: ["Point", "LineString", "MultiPoint", "Polygon", "MultiLineString", "MultiPolygon"] },
  coordinates: { type: "array" },
});

/** A value of a declared field as programs get and give it; made of parts where the field is. */
export function valueSchema(field: RegisterField): JsonSchema {
  const max = field.max ?? MOST_TEXT;
  switch (field.type) {
    case "pin":
    case "tin":
      return { type: "string", pattern: "^[0-9]{14}$" };
    case "date":
      return { type: "string", format: "date" };
    case "partial-date":
      return { type: "string", pattern: "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$" };
    case "integer":
      return { type: "integer" };
    case "float":
      return { type: "number" };
    case "decimal":
      return { type: "string", pattern: "^-?[0-9]{1,20}(\\.[0-9]{1,12})?$" };
    case "boolean":
      return { type: "boolean" };
    case "money":
      return closed({
        amount: { type: "string", pattern: "^-?[0-9]{1,15}(\\.[0-9]{1,4})?$" },
        currency: { type: "string", pattern: "^[A-Z]{3}$", description: "ISO 4217" },
      });
    case "multilingual":
      return closed(Object.fromEntries(LANGUAGES.map((language) => [language, { type: "string", maxLength: max }])), []);
    case "name":
      if (!field.scripts?.length) return { type: "string", maxLength: max };
      return closed(Object.fromEntries(["value", ...field.scripts].map((name) => [name, { type: "string", maxLength: max }])), [
        "value",
      ]);
    case "file":
      return closed({
        sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
        name: { type: "string" },
        type: { type: "string" },
        size: { type: "integer" },
      });
    case "geometry":
      return geometry;
    case "text":
      return field.values ? { enum: field.values } : { type: "string", maxLength: max };
    default:
      return { type: "string", maxLength: max };
  }
}

/** A real day that the database holds. */
export const daySchema: JsonSchema = { type: "string", format: "date", pattern: "^(?!0000)" };

/** One column compared by a search, as it stands in a query: always text. */
export function textSchema({ type }: RegisterField): JsonSchema {
  switch (type) {
    case "pin":
    case "tin":
      return { type: "string", pattern: "^[0-9]{14}$" };
    case "date":
      return daySchema;
    case "integer":
      return { type: "string", pattern: "^-?[0-9]{1,15}$" };
    case "decimal":
      return { type: "string", pattern: "^-?[0-9]{1,20}(\\.[0-9]{1,12})?$" };
    case "boolean":
      return { enum: ["true", "false"] };
    case "file":
      return { type: "string", pattern: "^[0-9a-f]{64}$" };
    default:
      return { type: "string", minLength: 1, maxLength: MOST_TEXT };
  }
}

/** A text of a query that keeps `textSchema`, as the value that is compared. */
export function textValue({ type }: RegisterField, text: string): string | number | boolean {
  if (type === "integer") return Number(text);
  return type === "boolean" ? text === "true" : text;
}
