import assert from "node:assert/strict";
import { test } from "node:test";
import { compileSchema, nearest } from "../schema.ts";

const closed = (properties: Record<string, object>, more: object = {}) => ({
  type: "object",
  additionalProperties: false,
  properties,
  ...more,
});

const cases: [string, Record<string, unknown>, unknown, object[]][] = [
  [
    "an unknown field, with the one that was meant",
    closed({ title: {}, owner: {} }),
    { tilte: 1 },
    [{ code: "unknown-field", path: ["tilte"], params: { field: "tilte", near: "title" } }],
  ],
  [
    "an unknown field unlike any other",
    closed({ title: {} }),
    { zzzzzzzz: 1 },
    [{ code: "unknown-field", path: ["zzzzzzzz"], params: { field: "zzzzzzzz", near: "none" } }],
  ],
  [
    "an unknown field behind a reference",
    {
      type: "object",
      properties: { law: { type: "array", items: { $ref: "#/$defs/law" } } },
      $defs: { law: closed({ article: {} }) },
    },
    { law: [{}, { artcle: 1 }] },
    [{ code: "unknown-field", path: ["law", 1, "artcle"], params: { field: "artcle", near: "article" } }],
  ],
  [
    "an unknown field of a composed map",
    { type: "object", allOf: [{ properties: { a: {} } }], unevaluatedProperties: false },
    { a: 1, b: 2 },
    [{ code: "unknown-field", path: ["b"], params: { field: "b", near: "none" } }],
  ],
  [
    "an unknown name of a map with named keys",
    { type: "object", propertyNames: { enum: ["ink", "snow"] } },
    { imk: 1 },
    [{ code: "unknown-field", path: ["imk"], params: { field: "imk", near: "ink" } }],
  ],
  [
    "a name of the wrong form",
    { type: "object", properties: { fields: { type: "object", propertyNames: { pattern: "^[a-z]+$" } } } },
    { fields: { Семья: 1 } },
    [{ code: "wrong-form", path: ["fields", "Семья"], params: { field: "Семья", wanted: "^[a-z]+$" } }],
  ],
  [
    "a missing field, at the map that lacks it",
    { type: "object", properties: { law: { type: "object", required: ["act"], properties: { act: {} } } } },
    { law: {} },
    [{ code: "missing-field", path: ["law"], params: { field: "act" } }],
  ],
  [
    "a field that another one calls for",
    { type: "object", dependentRequired: { from: ["until"] } },
    { from: 1 },
    [{ code: "missing-field", path: [], params: { field: "until" } }],
  ],
  [
    "a wrong type",
    closed({ n: { type: "integer" } }),
    { n: 1.5 },
    [{ code: "wrong-type", path: ["n"], params: { field: "n", wanted: "integer" } }],
  ],
  [
    "none of two types",
    closed({ n: { type: ["integer", "string"] } }),
    { n: true },
    [{ code: "wrong-type", path: ["n"], params: { field: "n", wanted: "integer, string" } }],
  ],
  [
    "a value outside a list",
    closed({ kind: { enum: ["free", "paid"] } }),
    { kind: "gift" },
    [{ code: "not-one-of", path: ["kind"], params: { field: "kind", allowed: "free, paid" } }],
  ],
  [
    "another value than the only one",
    closed({ v: { const: 1 } }),
    { v: 2 },
    [{ code: "not-one-of", path: ["v"], params: { field: "v", allowed: "1" } }],
  ],
  [
    "a tag that chooses no branch",
    {
      type: "object",
      required: ["kind"],
      discriminator: { propertyName: "kind" },
      oneOf: [{ $ref: "#/$defs/a" }, { properties: { kind: { enum: ["b", "c"] } } }],
      $defs: { a: { type: "object", properties: { kind: { const: "a" } } } },
    },
    { kind: "z" },
    [{ code: "not-one-of", path: ["kind"], params: { field: "kind", allowed: "a, b, c" } }],
  ],
  [
    "a wrong pattern",
    closed({ v: { type: "string", pattern: "^\\d+$" } }),
    { v: "x" },
    [{ code: "wrong-form", path: ["v"], params: { field: "v", wanted: "^\\d+$" } }],
  ],
  [
    "a wrong format",
    closed({ v: { type: "string", format: "date" } }),
    { v: "2026-02-30" },
    [{ code: "wrong-form", path: ["v"], params: { field: "v", wanted: "date" } }],
  ],
  [
    "too short a text",
    closed({ v: { type: "string", minLength: 2 } }),
    { v: "ө" },
    [{ code: "too-short", path: ["v"], params: { field: "v", limit: 2 } }],
  ],
  [
    "too short a list",
    closed({ v: { type: "array", minItems: 1 } }),
    { v: [] },
    [{ code: "too-short", path: ["v"], params: { field: "v", limit: 1 } }],
  ],
  [
    "too long a text",
    closed({ v: { type: "string", maxLength: 2 } }),
    { v: "abc" },
    [{ code: "too-long", path: ["v"], params: { field: "v", limit: 2 } }],
  ],
  [
    "too many fields",
    { type: "object", maxProperties: 1 },
    { a: 1, b: 2 },
    [{ code: "too-long", path: [], params: { field: "", limit: 1 } }],
  ],
  [
    "too small a number",
    closed({ v: { type: "number", minimum: 1 } }),
    { v: 0 },
    [{ code: "out-of-range", path: ["v"], params: { field: "v", limit: "1" } }],
  ],
  [
    "too large a number",
    closed({ v: { type: "number", exclusiveMaximum: 1 } }),
    { v: 1 },
    [{ code: "out-of-range", path: ["v"], params: { field: "v", limit: "1" } }],
  ],
  [
    "a number off its step",
    closed({ v: { type: "number", multipleOf: 5 } }),
    { v: 7 },
    [{ code: "out-of-range", path: ["v"], params: { field: "v", limit: "5" } }],
  ],
  [
    "the same thing twice",
    closed({ v: { type: "array", uniqueItems: true } }),
    { v: ["a", "b", "a"] },
    [{ code: "not-unique", path: ["v"], params: { field: "v" } }],
  ],
  [
    "what may not be",
    closed({ v: { not: { const: "x" } } }),
    { v: "x" },
    [{ code: "not-allowed", path: ["v"], params: { field: "v" } }],
  ],
];

for (const [what, schema, value, faults] of cases) {
  test(`a schema tells ${what}`, () => assert.deepEqual(compileSchema(schema)(value), faults));
}

test("a good value has no faults", () => {
  assert.deepEqual(compileSchema(closed({ a: { type: "string" } }, { required: ["a"] }))({ a: "b" }), []);
});

test("all faults are told at once, each one once", () => {
  const schema = closed({ a: { type: "string" }, list: { type: "array", items: { type: "integer" } } }, { required: ["must"] });
  const faults = compileSchema(schema)({ a: 1, b: 2, list: ["x", 1, "y"] });
  assert.deepEqual(faults.map(({ code, path }) => `${code} ${path.join("/")}`).sort(), [
    "missing-field ",
    "unknown-field b",
    "wrong-type a",
    "wrong-type list/0",
    "wrong-type list/2",
  ]);
});

test("a place is given by the real names, also with a slash, a tilde or digits", () => {
  const map = { type: "object", additionalProperties: { type: "object", additionalProperties: { type: "string" } } };
  assert.deepEqual(
    compileSchema(map)({ "a/b~c": { d: 1 } }).map(({ path }) => path),
    [["a/b~c", "d"]],
  );
});

test("the branches of a choice speak for themselves", () => {
  const schema = closed({ fee: { oneOf: [{ const: "free" }, { type: "object", required: ["amount"] }] } });
  assert.deepEqual(
    compileSchema(schema)({ fee: {} }).map(({ code }) => code),
    ["not-one-of", "missing-field"],
  );
});

test("the word that was probably meant is found, whatever its capitals", () => {
  const words = ["title", "needs", "version", "owner"];
  assert.equal(nearest("Titel", words), "title");
  assert.equal(nearest("versoin", words), "version");
  assert.equal(nearest("own", words), "owner");
  assert.equal(nearest("needs", words), "needs");
  assert.equal(nearest("completely-else", words), "");
  assert.equal(nearest("x", []), "");
});

test("the near name of a field is looked for in the part of the schema that refused it, also behind a reference", () => {
  const check = compileSchema({
    type: "object",
    properties: { items: { type: "object", additionalProperties: { $ref: "#/$defs/item" } } },
    $defs: {
      item: {
        type: "object",
        additionalProperties: false,
        properties: { required: { type: "boolean" }, other: { $ref: "#/$defs/item" } },
      },
    },
  });
  const [fault] = check({ items: { a: { requird: true } } });
  assert.deepEqual([fault?.code, fault?.params.near], ["unknown-field", "required"]);
});
