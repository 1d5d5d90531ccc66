import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { compileSchema, type JsonSchema } from "@kerege/kernel/schema";
import { type Answer, API, type Ask } from "./api-server.ts";

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
}
interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

export interface Checked {
  /** Refuses an answer that is not as the served description says. */
  answer(method: string, path: string, answer: Answer): void;
  /** Every description that is served, by its address. */
  descriptions: Map<string, Description>;
}

const openapi = compileSchema(
  JSON.parse(readFileSync(new URL("./openapi-3.1.schema.json", import.meta.url), "utf8")) as JsonSchema,
);

/** Reads all descriptions from the server, holds them against the schema of OpenAPI 3.1, and then answers against them. */
export async function checkedBy(nobody: Ask): Promise<Checked> {
  const descriptions = new Map<string, Description>();
  const { body: list } = await nobody(API);
  const urls = [`${API}/openapi.json`, ...list.registers.map((one: { links: { openapi: string } }) => one.links.openapi)];
  for (const url of urls) {
    const { body } = await nobody(url);
    assert.deepEqual(openapi(body), [], url);
    // Every part is a schema by itself (JSON Schema 2020-12, checked by the meta-schema as it is compiled).
    for (const name of Object.keys(body.components.schemas))
      compileSchema(withinDefs({ $ref: `#/$defs/${name}`, $defs: body.components.schemas }));
    descriptions.set(url, body);
  }
  const lists = descriptions.get(`${API}/openapi.json`)!;
  for (const [name, path] of [
    ["Heads", API],
    ...list.registers.map((one: { links: { self: string } }) => ["Register", one.links.self]),
  ] as const) {
    const validate = compileSchema(withinDefs({ $ref: `#/$defs/${name}`, $defs: lists.components.schemas }));
    assert.deepEqual(validate((await nobody(path)).body), [], path);
  }
  const validators = new Map<string, ReturnType<typeof compileSchema>>();
  return {
    descriptions,
    answer(method, path, answer) {
      const [, register, rest] = /^\/([a-z_]+)(\/.*)?$/.exec(path.split("?", 1)[0]!)!;
      const own = descriptions.get(`${API}/${register}/openapi.json`);
      const description = own ?? descriptions.get(`${API}/openapi.json`)!;
      const address = own ? rest! : path.split("?", 1)[0]!;
      const template = Object.keys(description.paths).find((one) => {
        const pattern = one.replace(/\{[a-z]+\}/g, "[^/]+");
        return new RegExp(`^${pattern}$`).test(address) || one === address;
      });
      assert.ok(template, `${path} is not described`);
      const operation = description.paths[template]![method.toLowerCase()];
      assert.ok(operation, `${method} ${path} is not described`);
      const response = operation.responses[answer.status] ?? operation.responses[`${String(answer.status)[0]}XX`];
      assert.ok(response, `${method} ${path}: ${answer.status} is not described: ${answer.text}`);
      if (answer.text === "" || answer.body === undefined) return;
      const type = String(answer.headers["content-type"]).split(";")[0]!;
      const schema = response.content?.[type]?.schema;
      assert.ok(schema, `${method} ${path}: ${type} is not described`);
      const key = `${own ? register : ""} ${JSON.stringify(schema)}`;
      const validate = validators.get(key) ?? compileSchema(withinDefs({ ...schema, $defs: description.components.schemas }));
      validators.set(key, validate);
      assert.deepEqual(validate(answer.body), [], `${method} ${path}: ${answer.text.slice(0, 500)}`);
    },
  };
}

/** The same with the place where a schema that stands alone looks for its parts. */
function withinDefs(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/")) as JsonSchema;
}
