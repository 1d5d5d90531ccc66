import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { createFigures } from "../figures/figures.ts";
import { histories, months } from "../figures/store.ts";
import { createWorkingTime } from "../figures/working-time.ts";
import { monthOf } from "../routes-figures.ts";
import type { Running } from "../running/running.ts";
import { replayAll } from "../simulation/gate.ts";
import { type PastCase, pastOf } from "../simulation/past.ts";
import { keptCases } from "../simulation/store.ts";
import { possibleAnswers, processSide } from "../simulation/walk.ts";
import { calendar } from "./reading-files.ts";
import { openRunning, PERMIT, publish } from "./running-house.ts";

const clerk: Actor = { kind: "official", body: "registry-office", post: "clerk", person: "ulan" };
const CASES = 12;

describe("cases that are kept", () => {
  let house: Awaited<ReturnType<typeof openRunning>>;
  let node: Running;
  let model: ReturnType<typeof publish>;

  before(async () => {
    house = await openRunning();
    node = house.node();
    node.door.perform("look", async ({ input }) => ({ output: { found: input.number ?? 0 } }));
    node.door.perform("issue", async () => ({ output: {} }));
    model = publish(node, PERMIT);
    await node.prepare();
    for (let at = 0; at < CASES; at++) {
      const instance = randomUUID();
      await node.door.begin({
        ...{
          instance,
          variables: { number: at },
          by: "person:11205198701011",
          body: at % 2 === 0 ? "registry-office" : "city-office",
        },
        edition: { process: "p", dates: { application: "2026-11-23" } },
      });
      await node.door.drain();
      const token = (await node.door.find(instance))!.state.tokens[0]!.id;
      house.clock.advance(3_600_000);
      await node.door.command(clerk, { instance, command: { kind: "hold", token } });
      house.clock.advance(600_000);
      // The last one stays in hand.
      if (at < CASES - 1)
        await node.door.command(clerk, { instance, command: { kind: "complete", token, output: { agreed: at % 3 !== 0 } } });
      await node.door.drain();
    }
    house.clock.advance(2 * 3_600_000);
    await node.door.drain();
  });
  after(() => house.close());

  test("M-A18: strict replay of everything that was recorded gives every event and state again", async () => {
    const result = await replayAll(house.database, node);
    assert.deepEqual([result.cases, result.differing, result.first], [CASES, 0, undefined]);
    assert.ok(result.steps >= CASES * 4);
  });

  test("a record that somebody touched is named, with the first event that differs", async () => {
    const [{ instance }] = (await house.database.rows<{ instance: string }>(
      sql`select instance from process.event order by instance limit 1`,
    )) as [{ instance: string }];
    const kept = (await house.database.first<{ told: unknown[] }>(
      sql`select told from process.event where instance = ${instance} and version = 1`,
    ))!.told;
    const write = (told: unknown[]) =>
      house.database.run(
        sql`update process.record set steps = jsonb_set(steps, '{0,told}', ${JSON.stringify(told)}::jsonb) where instance = ${instance} and version = (select min(version) from process.record where instance = ${instance})`,
      );
    await write(kept.slice(1));
    const { differing, first } = await replayAll(house.database, node);
    await write(kept);
    assert.equal(differing, 1);
    assert.ok(first?.why === "other-events");
    assert.deepEqual([first.instance, first.version, first.event, first.came?.kind], [instance, 1, 0, "started"]);
  });

  test("M-A18: what was recorded is simulated: the same edition gives the same ends", async () => {
    const past: PastCase[] = [];
    const states: string[] = [];
    for await (const batch of keptCases(house.database, { process: "p", over: true }))
      for (const { history, state } of batch) {
        past.push(pastOf(history)!);
        states.push(state.status);
      }
    assert.equal(past.length, CASES - 1);
    assert.ok(states.every((status) => status === "ended"));
    const time = createWorkingTime(calendar, calendar.zone);
    const side = processSide({ name: "now", model, days: time.days, possible: possibleAnswers(past).of });
    const ends = past.map((one) => side.end(one).outcomes);
    const refused = past.filter(({ answers }) => answers.some(({ output }) => output?.agreed === false)).length;
    assert.equal(ends.filter(([end, ...more]) => end === "refused" && more.length === 0).length, refused);
    assert.equal(ends.filter(([end]) => end === "granted").length, CASES - 1 - refused);
    const [one] = past as [PastCase];
    assert.deepEqual(
      one.answers.filter(({ node: at }) => at === "review").map(({ worked }) => worked),
      [10],
    );
  });

  test("figures are counted from the record, of a body, an edition or a month alone", async () => {
    const time = createWorkingTime(calendar, "Asia/Bishkek");
    const counted = async (wanted: Parameters<typeof histories>[1]) => {
      const figures = createFigures({ time, rate: 10 });
      for await (const batch of histories(house.database, wanted)) for (const history of batch) figures.add(history);
      return figures.figures();
    };
    const figures = await counted({ process: "p" });
    assert.deepEqual([figures.cases, figures.ended, figures.withoutHuman], [CASES, CASES - 1, 0]);
    const review = figures.steps.find((step) => step.node === "review")!;
    assert.equal(review.visits, CASES);
    assert.ok(Math.abs(review.working.sum - 10 * (CASES - 1)) < 1e-6, `${review.working.sum}`);
    assert.equal(figures.cost, Math.round(100 * (CASES - 1)));
    assert.equal((await counted({ process: "p", body: "city-office" })).cases, CASES / 2);
    assert.equal((await counted({ process: "p", model: model.hash, ...monthOf("2026-11", "Asia/Bishkek") })).cases, CASES);
    assert.equal((await counted({ process: "p", ...monthOf("2026-10", "Asia/Bishkek") })).cases, 0);
    assert.deepEqual(await months(house.database, "p", "Asia/Bishkek"), ["2026-11"]);
  });

  test("a month begins when it does in the country", () => {
    const { from, until } = monthOf("2026-11", "Asia/Bishkek");
    assert.deepEqual([from.toISOString(), until.toISOString()], ["2026-10-31T18:00:00.000Z", "2026-11-30T18:00:00.000Z"]);
    assert.equal(monthOf("2026-04", "Europe/Kyiv").from.toISOString(), "2026-03-31T21:00:00.000Z");
    assert.equal(monthOf("2026-12", "Asia/Bishkek").until.toISOString(), "2026-12-31T18:00:00.000Z");
  });
});
