import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../simulation/random.ts";
import { readStock, stockProcesses } from "../stock/stock.ts";
import { modelOf, read } from "./reading-files.ts";

/** A text with a few pieces of it left out, doubled or put elsewhere. */
function spoil(text: string, random: () => number): string {
  let spoilt = text;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
    const at = Math.floor(random() * spoilt.length);
    const length = 1 + Math.floor(random() * 60);
    const piece = spoilt.slice(at, at + length);
    const to = Math.floor(random() * spoilt.length);
    const kind = Math.floor(random() * 3);
    if (kind === 0) spoilt = spoilt.slice(0, at) + spoilt.slice(at + length);
    else spoilt = spoilt.slice(0, to) + piece + spoilt.slice(kind === 1 ? to : to + length);
  }
  return spoilt;
}

/** The same with whole elements, so that what comes out is mostly XML and the checks behind it are reached. */
function spoilElements(text: string, random: () => number): string {
  const pieces = text.split(/(?<=>)\s*(?=<)/);
  const pick = () => Math.floor(random() * pieces.length);
  const one = pick();
  const other = pick();
  const swapped = [...pieces];
  [swapped[one], swapped[other]] = [swapped[other]!, swapped[one]!];
  if (random() < 0.5) swapped.splice(pick(), 1);
  const ids = [...text.matchAll(/\b(?:id|sourceRef|targetRef|attachedToRef)="([^"]+)"/g)].map(([, id]) => id!);
  const from = ids[Math.floor(random() * ids.length)]!;
  const into = ids[Math.floor(random() * ids.length)]!;
  const changed = random() < 0.5 ? pieces.join("\n").replace(`Ref="${from}"`, `Ref="${into}"`) : swapped.join("\n");
  return random() < 0.3 ? changed.replace(/kind|type|Gateway|Task/, "X") : changed;
}

test("M-A18: whatever stands in a file, it is read or refused with a place in it; nothing is thrown", () => {
  const random = createRandom(20_260_105);
  const draw = () => random.next();
  for (const name of stockProcesses) {
    const text = readStock(name).replace(/<bpmndi:BPMNDiagram[\s\S]*<\/bpmndi:BPMNDiagram>/, "");
    for (let turn = 0; turn < 60; turn++) {
      const spoilt = turn % 2 === 0 ? spoil(text, draw) : spoilElements(text, draw);
      const lines = spoilt.split("\n").length;
      const found = read(spoilt);
      if (found.ok) continue;
      assert.ok(found.faults.length > 0);
      for (const { line, column, params } of found.faults) {
        assert.ok(line >= 1 && line <= lines + 1 && column >= 1, JSON.stringify({ name, turn, line, column }));
        assert.equal(typeof params.element, "string");
      }
    }
  }
});

test("where the drawing stands does not matter", () => {
  const text = readStock("one-review");
  const diagram = /\s*<bpmndi:BPMNDiagram[\s\S]*<\/bpmndi:BPMNDiagram>/.exec(text)![0];
  const before = text.replace(diagram, "").replace("<bpmn:process", `${diagram}\n<bpmn:process`);
  assert.deepEqual([...modelOf(before).nodeOf.keys()], [...modelOf(text).nodeOf.keys()]);
});
