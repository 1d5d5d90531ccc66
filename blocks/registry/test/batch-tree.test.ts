import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  chainHead,
  type EventLeaf,
  eventContent,
  FIRST_HEAD,
  leafOf,
  pathOf,
  readContent,
  rootByPath,
  treeRoot,
} from "../batch-tree.ts";

// The entries and roots that implementations of RFC 6962 share as their reference (certificate-transparency, merkle_tree_test).
const entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const roots = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const sha = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
const leaves = entries.map((hex) => sha(Buffer.from([0]), Buffer.from(hex, "hex")));

test("roots equal those of RFC 6962 for every number of leaves", () => {
  assert.equal(treeRoot([]).toString("hex"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const [index, root] of roots.entries()) assert.equal(treeRoot(leaves.slice(0, index + 1)).toString("hex"), root);
});

test("every leaf leads to the root by its path, and no other leaf, place or path does", () => {
  for (let count = 1; count <= 21; count++) {
    const many = Array.from({ length: count }, (_, index) => sha(Buffer.from([0, index])));
    const root = treeRoot(many);
    for (let place = 0; place < count; place++) {
      const path = pathOf(many, place);
      assert.deepEqual(rootByPath(many[place]!, { place, leaves: count, path }), root);
      if (count === 1) continue;
      assert.notDeepEqual(rootByPath(many[(place + 1) % count]!, { place, leaves: count, path }), root);
      assert.notDeepEqual(rootByPath(many[place]!, { place, leaves: count, path: path.slice(1) }), root);
      assert.equal(rootByPath(many[place]!, { place: count, leaves: count, path }), undefined);
    }
  }
});

const event: EventLeaf = {
  register: "reader",
  key: "1",
  event: "move",
  version: 2,
  validFrom: "2025-01-01",
  validTo: null,
  ended: false,
  state: null,
  document: 'Form "2"',
  documentKind: null,
  documentOn: null,
  act: "0190b6a4-0000-7000-8000-000000000001",
  case: null,
  actor: "system:library/desk",
  recordedAt: new Date("2026-11-22T06:00:00Z"),
  values: { street: "Өмүр", surname: "А", since: null, count: 3 },
};

test("the content of a leaf is canonical JSON: sorted names, nothing that is null among the values", () => {
  const content = eventContent(event);
  const read = JSON.parse(content);
  assert.equal(content, JSON.stringify(sorted(read)));
  assert.deepEqual(read.values, { count: 3, street: "Өмүр", surname: "А" });
  assert.equal(read.recorded_at, "2026-11-22T06:00:00.000Z");
  // A field that the register gets later is null in old rows and does not change their leaves.
  assert.equal(eventContent({ ...event, values: { ...event.values, later: null } }), content);
  const asked = readContent({
    id: randomUUID(),
    at: event.recordedAt,
    reader: event.actor,
    register: "reader",
    key: "1",
    fields: ["street"],
    ground: "lending",
    case: null,
    service: "card",
    reason: null,
  });
  assert.equal(asked, JSON.stringify(sorted(JSON.parse(asked))));
});

test("a leaf is the RFC 6962 leaf of salt and content hash; another salt or content gives another", () => {
  const salt = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
  const content = eventContent(event);
  const wanted = sha(Buffer.from([0]), Buffer.from(salt.replaceAll("-", ""), "hex"), sha(Buffer.from(content)));
  assert.deepEqual(leafOf(salt, content), wanted);
  assert.notDeepEqual(leafOf(randomUUID(), content), wanted);
  for (const change of [{ key: "2" }, { version: 3 }, { ended: true }, { validTo: "2026-01-01" }, { values: { street: "А" } }])
    assert.notDeepEqual(leafOf(salt, eventContent({ ...event, ...change })), wanted);
});

test("the head of a chain covers the head before, the root and the instant", () => {
  const [root, at] = [treeRoot(leaves), new Date("2026-11-22T06:00:00Z")];
  const head = chainHead(FIRST_HEAD, root, at);
  assert.deepEqual(head, sha(FIRST_HEAD, root, Buffer.from("2026-11-22T06:00:00.000Z")));
  assert.notDeepEqual(chainHead(head, root, at), head);
});

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
