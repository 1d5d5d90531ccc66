import assert from "node:assert/strict";
import { test } from "node:test";
import { type Actor, actorKey } from "@kerege/kernel/actor";
import { leafOfRead } from "../archive-tables.ts";
import { leafOf, readContent } from "../batch-tree.ts";
import type { Ground } from "../declaration.ts";
import { contentsOf, readerColumns, readerOf } from "../read-entry.ts";

const actors: Actor[] = [
  { kind: "person", pin: "12345678901234" },
  {
    kind: "person",
    pin: "12345678901234",
    behalf: { mandate: "0190b6a4-0000-7000-8000-000000000009", kind: "director", of: "company", subject: "01234567890123" },
  },
  { kind: "official", body: "tax", post: "Башкы адис", person: "12345678901234" },
  { kind: "system", body: "portal", name: 'a "b" \\ c' },
];

test("the text of a read written in parts is the canonical one", () => {
  const head = { register: "person", fields: ["surname", "born_on"], ground: { ground: "tax" } as Ground };
  const content = contentsOf(head);
  const at = new Date("2026-11-22T06:00:00.123Z");
  const id = "0190b6a4-0000-7000-8000-000000000001";
  for (const actor of actors) {
    for (const more of [{}, { case: "c-1", service: "s", reason: 'Өмүр "x"\n' }, { case: "\u2028", reason: "" }]) {
      for (const key of ["1", "Ө 1", '"']) {
        const { case: caseId = null, service = null, reason = null } = more as Record<string, string>;
        const whole = {
          register: "person",
          fields: head.fields,
          ground: "tax",
          id,
          at,
          key,
          case: caseId,
          service,
          reason,
          reader: actorKey(actor),
        };
        assert.equal(content({ actor, key, ...more }, { id, at: at.toISOString() }), readContent(whole));
      }
    }
  }
});

test("a reader comes back from its columns", () => {
  for (const actor of actors) assert.deepEqual(readerOf(readerColumns(actor)), actor);
  const pin = "12345678901234";
  assert.deepEqual(readerOf(["person", undefined, undefined, pin]), { kind: "person", pin }, "out of a file");
});

test("the leaf of a read is made again from its row, also of one who acted for another", () => {
  const head = { register: "car", fields: ["colour"], ground: { ground: "own" } as Ground };
  const at = new Date("2026-11-22T06:00:00.123Z");
  const id = "0190b6a4-0000-7000-8000-000000000001";
  for (const actor of actors) {
    const [reader_kind, reader_body, reader_name, reader_person] = readerColumns(actor);
    const row = { id, at, register: "car", key: "T1", subject: "x", fields: head.fields, ground: "own" };
    const leaf = leafOf(id, contentsOf(head)({ actor, key: "T1" }, { id, at: at.toISOString() }));
    assert.deepEqual(leafOfRead({ ...row, reader_kind, reader_body, reader_name, reader_person }), leaf);
  }
});
