import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Plain } from "@kerege/kernel/feel";
import type { Recorded } from "../door.ts";
import { openCase } from "../engine/live.ts";
import type { Model } from "../engine/model.ts";
import type { Command } from "../engine/state.ts";
import { modelFrom } from "../reading/files.ts";
import { createGate, type KeptCase } from "../simulation/gate.ts";
import { createRandom, type Random } from "../simulation/random.ts";
import { readStock, stockProcesses } from "../stock/stock.ts";
import { calendar } from "./reading-files.ts";
import { drawnFiles } from "./simulation-drawn.ts";

/**
 * The release gate: cases as they were recorded by each release, with the texts of their processes. What this release makes of the same
 * commands must be the same to the letter; a release adds a file (`RECORD=0.2.0 node --test …`) and changes none.
 */
const folder = fileURLToPath(new URL("./recorded/", import.meta.url));
const WALKS = 2;
const MOST_STEPS = 40;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BEGIN = Date.UTC(2026, 1, 2, 4);

type Line =
  | { model: string; files: Record<string, string> }
  | (Omit<KeptCase, "history"> & { history: (Omit<Recorded, "at"> & { at: string })[] });

function readModel(files: Readonly<Record<string, string>>): Model {
  const read = modelFrom(files, { calendar, openNames: true });
  assert.ok(read.ok, JSON.stringify(read));
  return read.model;
}

/** A case led by chance: tasks done one way or another, calls answered, messages told, time passing. */
function wander(model: Model, seed: number): KeptCase {
  const random = createRandom(seed);
  const live = openCase(model);
  const history: Recorded[] = [];
  let at = BEGIN;
  const give = (command: Command): boolean => {
    const { events, refused } = live.apply(command, at);
    if (refused) return false;
    const written = JSON.parse(JSON.stringify({ command, events })) as Pick<Recorded, "command" | "events">;
    history.push({ version: history.length + 1, at: new Date(at), ...written });
    return true;
  };
  const deadline = new Date(BEGIN + 30 * DAY_MS).toISOString();
  const bodies = ["B2", "B3"];
  give({
    kind: "start",
    by: "person:1",
    variables: { number: "K-1", body: "B1", bodies, members: 3, deadline, silent: false, answer_days: 10, place: "osh" },
  });
  for (let turn = 0; turn < MOST_STEPS && live.status === "running"; turn++) {
    at += random.whole(1, 20) * HOUR_MS;
    const open = live.save().tokens.filter(({ waits }) => waits.for === "person" || waits.for === "call");
    const timer = live.due !== undefined && (open.length === 0 || random.next() < 0.15);
    if (timer) {
      at = Math.max(at, live.due!);
      give({ kind: "tick" });
    } else if (open.length === 0 || random.next() < 0.1) {
      const told = give({ kind: "message", name: random.pick(["withdrawal", "answer"]), correlation: "K-1" });
      if (!told && open.length === 0) break;
    } else {
      const token = random.pick(open);
      if (token.waits.for === "person") give({ kind: "hold", token: token.id, by: `official:B1/p${random.whole(1, 4)}` });
      const held = live.save().tokens.find(({ id }) => id === token.id)?.waits;
      const by = held?.for === "person" ? (held.held ?? `official:B1/p${random.whole(5, 9)}`) : "system";
      give({ kind: "complete", token: token.id, by, output: answer(random) });
    }
  }
  return { instance: `${model.process}-${seed}`, model: model.hash, history, state: live.save() };
}

function answer(random: Random): Record<string, Plain> {
  const choice = random.pick(["grant", "grant", "refuse", "ask"]);
  return {
    ...{ choice, reason: "because", done: random.next() < 0.8, vote: choice, approves: choice === "grant", found: true },
    ...{
      outcome: random.pick(["granted", "granted", "refused"]),
      income: random.whole(1000, 12_000),
      children: random.whole(1, 5),
      points: random.whole(0, 99),
    },
  };
}

function record(file: string): void {
  const processes = [...stockProcesses.map((name) => ({ "process.bpmn": readStock(name) })), drawnFiles(8000)];
  const lines = processes.flatMap((files): Line[] => {
    const model = readModel(files);
    const cases = Array.from({ length: WALKS }, (_, walk) => wander(model, walk + 1));
    return [{ model: model.hash, files }, ...(cases as unknown as Line[])];
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""), { flag: "wx" });
}

const release = process.env.RECORD;
if (release !== undefined && /^[\w.-]+$/.test(release)) {
  const file = path.join(folder, `${release}.jsonl`);
  if (!existsSync(file)) record(file);
}

describe("cases that former releases recorded", () => {
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".jsonl"))) {
    test(`M-A18: every event and state of ${name} comes again`, () => {
      const lines = readFileSync(path.join(folder, name), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Line);
      const models = new Map(lines.flatMap((line) => ("files" in line ? [[line.model, readModel(line.files)] as const] : [])));
      for (const [hash, model] of models) assert.equal(model.hash, hash, "the same texts are the same edition");
      const gate = createGate((hash) => models.get(hash));
      const kinds = new Set<string>();
      for (const line of lines) {
        if ("files" in line) continue;
        gate.add({ ...line, history: line.history.map((step) => ({ ...step, at: new Date(step.at) })) });
        for (const { events } of line.history) for (const { kind } of events) kinds.add(kind);
      }
      const { cases, steps, differing, first } = gate.result();
      assert.deepEqual([differing, first], [0, undefined]);
      assert.ok(cases >= 12 && steps > 80, `${cases} cases, ${steps} steps`);
      for (const kind of ["started", "entered", "done", "held", "decided", "caught", "ended"]) assert.ok(kinds.has(kind), kind);
    });
  }
});
