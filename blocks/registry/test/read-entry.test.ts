import assert from "node:assert/strict";
import { test } from "node:test";
import { type Actor, actorKey } from "@kerege/kernel/actor";
import { readContent } from "../batch-tree.ts";
import type { Ground } from "../declaration.ts";
import { contentsOf, readerColumns, readerOf } from "../read-entry.ts";

const actors: Actor[] = [
  { kind: "person", pin: "12345678901234" },
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
});
