import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Plain } from "@kerege/kernel/feel";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { type LiveCase, openCase } from "../engine/live.ts";
import type { Model } from "../engine/model.ts";
import type { Command } from "../engine/state.ts";
import { slugOf } from "../pages/book.ts";
import { readStock, type StockProcess, stockProcesses } from "../stock/stock.ts";
import { modelOf } from "./reading-files.ts";

const models = new Map<StockProcess, Model>(stockProcesses.map((name) => [name, modelOf(readStock(name))]));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BEGIN = Date.UTC(2026, 1, 2, 4);
const deadline = new Date(BEGIN + 30 * DAY).toISOString();

/** Somebody who performs every call at once, and remembers which. */
class Walk {
  readonly live: LiveCase;
  readonly calls: string[] = [];
  readonly ends: string[] = [];
  at = BEGIN;

  constructor(process: StockProcess, variables: Record<string, Plain> = {}) {
    this.live = openCase(models.get(process)!);
    const given = { number: "K-1", body: "B1", deadline, silent: false, answer_days: 10, outcome: "granted", ...variables };
    this.do({ kind: "start", variables: given, by: "person:1" });
  }

  do(command: Command): this {
    const { effects, events, refused } = this.live.apply(command, this.at);
    assert.equal(refused, undefined, JSON.stringify(command));
    for (const event of events) {
      assert.notEqual(event.kind, "incident", JSON.stringify(event));
      if (event.kind === "entered" && event.node) this.ends.push(event.node);
    }
    for (const effect of effects) {
      if (effect.kind !== "call") continue;
      this.calls.push(effect.name.replace("case.", ""));
      this.do({ kind: "complete", token: effect.token, by: "system" });
    }
    return this;
  }

  tokensAt(node: string) {
    return this.live.save().tokens.filter((token) => token.node === node && token.waits.for === "person");
  }

  /** The first who waits at a step does it. */
  done(node: string, output: Record<string, Plain> = {}, by = `official:B1/${node}`): this {
    const [token] = this.tokensAt(node);
    assert.ok(token, `nobody waits at ${node}: ${JSON.stringify(this.live.save().tokens.map((one) => one.node))}`);
    return this.do({ kind: "complete", token: token.id, output, by });
  }

  told(name: string): this {
    return this.do({ kind: "message", name, correlation: "K-1" });
  }

  after(time: number): this {
    this.at += time;
    const { due } = this.live;
    return due !== undefined && due <= this.at ? this.do({ kind: "tick" }) : this;
  }

  /** Which end it came to, and the calls on the way. */
  get result(): string {
    const { status } = this.live;
    const end = ["granted", "refused", "withdrawn"].find((name) => this.ends.includes(name)) ?? "nowhere";
    return `${status} ${end}: ${this.calls.join(" ")}`;
  }
}

const opinion = (choice: string, more = {}) => ({ opinion: { choice, ...more } });

describe("M-A18: stock processes come to each of their ends", () => {
  test("straight through: granted, refused, and refused where the rules say nothing", () => {
    assert.equal(new Walk("straight-through").result, "ended granted: decide carry-out");
    assert.equal(new Walk("straight-through", { outcome: "refused" }).result, "ended refused: decide refuse");
    assert.equal(new Walk("straight-through", { outcome: null }).result, "ended refused: decide refuse");
  });

  test("one review: what the rules refuse nobody has to look at", () => {
    assert.equal(new Walk("one-review", { outcome: "refused" }).result, "ended refused: decide refuse");
  });

  test("one review: granted, refused, and asked again where nothing was said", () => {
    assert.equal(new Walk("one-review").done("review", opinion("grant")).result, "ended granted: decide carry-out");
    assert.equal(new Walk("one-review").done("review", opinion("refuse")).result, "ended refused: decide refuse");
    const again = new Walk("one-review").done("review", opinion("perhaps"));
    assert.equal(again.live.status, "running");
    assert.equal(again.done("review", opinion("grant")).result, "ended granted: decide carry-out");
  });

  test("one review: a question stops the clock, the answer starts it again where it stood", () => {
    const walk = new Walk("one-review").after(5 * DAY).done("review", opinion("ask", { question: "Which house?" }));
    assert.deepEqual(walk.tokensAt("review"), []);
    walk.after(3 * DAY).told("answer");
    assert.equal(walk.tokensAt("review").length, 1);
    const moved = new Date(BEGIN + 33 * DAY).getTime();
    assert.equal(walk.live.due, moved, "three days later, as long as it took to answer");
    assert.equal(walk.done("review", opinion("grant")).result, "ended granted: decide ask carry-out");
  });

  test("one review: a question without an answer ends in a refusal, a withdrawal meanwhile in none", () => {
    const asked = () => new Walk("one-review").done("review", opinion("ask"));
    assert.equal(asked().after(20 * DAY).result, "ended refused: decide ask refuse");
    assert.equal(asked().told("withdrawal").result, "ended withdrawn: decide ask withdraw");
  });

  test("the term runs out: the head is told, or silence grants where the service says so", () => {
    const late = new Walk("one-review").after(31 * DAY);
    assert.equal(late.tokensAt("review").length, 1, "the step goes on");
    assert.equal(late.done("review", opinion("grant")).result, "ended granted: decide tell-overdue carry-out");
    assert.equal(new Walk("one-review", { silent: true }).after(31 * DAY).result, "ended granted: decide carry-out");
  });

  test("withdrawn by the applicant in every process that considers anything", () => {
    for (const name of stockProcesses.filter((one) => one !== "straight-through")) {
      const walk = new Walk(name, { members: ["a", "b"], bodies: [] });
      assert.equal(walk.told("withdrawal").result, "ended withdrawn: decide withdraw", name);
    }
  });

  test("inspection: again where it did not take place; who inspected does not decide", () => {
    const walk = new Walk("review-with-inspection").done("appoint").done("inspect", { inspection: { done: false } });
    walk.done("appoint").done("inspect", { inspection: { done: true } }, "official:B1/eyes");
    const [token] = walk.tokensAt("review");
    const same = walk.live.apply(
      { kind: "complete", token: token!.id, output: opinion("grant"), by: "official:B1/eyes" },
      walk.at,
    );
    assert.equal(same.refused, "same-person");
    assert.equal(walk.done("review", opinion("grant"), "official:B1/other").result, "ended granted: decide carry-out");
  });

  test("board: more than half decide, the others need not vote any more", () => {
    const board = () => new Walk("board", { members: ["a", "b", "c"] }).done("prepare");
    const yes = board().done("vote", { vote: "yes" });
    assert.equal(yes.tokensAt("vote").length, 2);
    yes.done("vote", { vote: "yes" });
    assert.deepEqual(yes.tokensAt("vote"), []);
    assert.equal(yes.done("sign").result, "ended granted: decide carry-out");
    const no = board().done("vote", { vote: "no" }).done("vote", { vote: "yes" }).done("vote", { vote: "no" });
    assert.equal(no.done("sign").result, "ended refused: decide refuse");
  });

  test("board: the chair decides a tie", () => {
    const tie = new Walk("board", { members: ["a", "b"] })
      .done("prepare")
      .done("vote", { vote: "yes" })
      .done("vote", { vote: "no" });
    assert.equal(tie.done("casting-vote", opinion("grant")).done("sign").result, "ended granted: decide carry-out");
  });

  test("bodies in parallel: opinions in any order, silence agrees where it may, else the head of the body is asked", () => {
    const bodies = [
      { body: "B2", days: 5, silent: false },
      { body: "B3", days: 5, silent: true },
      { body: "B4", days: 5, silent: false },
    ];
    const walk = new Walk("parallel-bodies", { bodies });
    assert.equal(walk.tokensAt("give-opinion").length, 3);
    walk.done("give-opinion", { given: { agrees: true } }).after(10 * DAY);
    assert.equal(walk.tokensAt("overdue-opinion").length, 1);
    walk.done("overdue-opinion", { given: { agrees: false } });
    const { opinions } = walk.live.variables;
    assert.deepEqual(opinions, [{ agrees: true }, { agrees: true, by_silence: true }, { agrees: false }]);
    assert.equal(
      walk.done("review", opinion("refuse")).result,
      "ended refused: decide request-opinion request-opinion request-opinion remind-body refuse",
    );
  });
});

describe("stock processes speak four languages", () => {
  const texts = createTexts();
  addLocales(texts, "process", new URL("../locales/", import.meta.url));

  for (const name of stockProcesses) {
    test(name, () => {
      const model = models.get(name)!;
      const named = [model.name, ...[...model.nodes, ...model.flows].map((one) => one.name)].filter((one) => one !== "");
      // The pages take the text by the English name drawn in the file.
      for (const drawn of named) assert.equal(texts.translate("en", `process.steps.${slugOf(drawn)}`), drawn);
      const roles = model.nodes.flatMap(({ work }) => (work?.kind === "person" ? [`process.roles.${work.role}`] : []));
      for (const language of languages) {
        const known = new Set(texts.keys(language));
        for (const key of [...roles, ...named.map((drawn) => `process.steps.${slugOf(drawn)}`)])
          assert.ok(known.has(key), `${language} ${key}`);
      }
    });
  }
});
