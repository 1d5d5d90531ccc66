import assert from "node:assert/strict";
import { test } from "node:test";
import { after, dueOf, instant, nextOf, workingDaysAfter } from "../engine/timers.ts";
import { AT, DAY, follow, HOUR } from "./engine-follow.ts";
import { calendarOf, draw, END, feel, person, START, TASK } from "./engine-model.ts";

const plain = { calendar: calendarOf(), working: false };
const working = { calendar: calendarOf(), working: true };
const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString());
const from = Date.parse("2026-01-31T10:00:00Z");

test("durations: days and months keep the wall clock, a shorter month ends on its last day", () => {
  assert.equal(iso(after(from, "PT90M", plain)), "2026-01-31T11:30:00.000Z");
  assert.equal(iso(after(from, "P1M", plain)), "2026-02-28T10:00:00.000Z");
  assert.equal(iso(after(from, "P1Y2M3DT4H", plain)), "2027-04-03T14:00:00.000Z");
  assert.equal(iso(after(from, "P2W", plain)), "2026-02-14T10:00:00.000Z");
  assert.equal(iso(after(from, "PT0.5S", plain)), "2026-01-31T10:00:00.500Z");
});

test("M-A18: leap day: a year from 29 February ends on 28 February, and a day that is not is refused", () => {
  const leap = Date.parse("2028-02-29T04:00:00Z");
  assert.equal(iso(after(leap, "P1Y", plain)), "2029-02-28T04:00:00.000Z");
  assert.equal(iso(after(leap, "P4Y", plain)), "2032-02-29T04:00:00.000Z");
  assert.equal(instant("2027-02-29", "UTC"), undefined);
  assert.equal(iso(instant("2028-02-29", "Asia/Bishkek")), "2028-02-28T18:00:00.000Z");
});

test("a change of summer time: a day later is the same hour on the wall clock", () => {
  const berlin = { calendar: calendarOf([], "Europe/Berlin"), working: false };
  const before = Date.parse("2026-03-28T12:00:00Z");
  assert.equal(iso(after(before, "P1D", berlin)), "2026-03-29T11:00:00.000Z");
  assert.equal(iso(after(before, "PT24H", berlin)), "2026-03-29T12:00:00.000Z");
  assert.equal(iso(instant("2026-03-29T02:30:00", "Europe/Berlin")), "2026-03-29T01:30:00.000Z");
});

test("what is no duration, no date or no cycle gives nothing; a duration below nothing is at once", () => {
  for (const text of ["", "P", "PT", "1D", "P1DT", "P-1D", "tomorrow", "P1.5D"])
    assert.equal(after(from, text, plain), undefined, text);
  for (const text of ["", "2026-13-01", "2026-02-30T00:00:00Z", "12:00"]) assert.equal(instant(text, "UTC"), undefined, text);
  for (const text of ["R", "R/", "R0/PT1H", "R3", "R3/x/PT1H"])
    assert.equal(dueOf(text, { when: "cycle", from }, plain), undefined, text);
  assert.equal(after(from, "-P1D", plain), from);
});

test("working days: the first day is not counted, the last is had to its end, days off are passed over", () => {
  const friday = Date.parse("2026-11-27T04:00:00Z");
  assert.equal(iso(after(friday, "P1D", working)), "2026-11-30T18:00:00.000Z");
  assert.equal(iso(after(friday, "P5D", working)), "2026-12-04T18:00:00.000Z");
  assert.equal(iso(workingDaysAfter(friday, 1, working.calendar)), "2026-11-30T18:00:00.000Z");
  // A month from 28 October would end on a Saturday: it ends on the Monday after.
  assert.equal(iso(after(Date.parse("2026-10-28T04:00:00Z"), "P1M", working)), "2026-11-30T18:00:00.000Z");
});

test("cycles: so many times, from a given instant, or without end; in working days one after another", () => {
  const three = dueOf("R3/PT1H", { when: "cycle", from }, plain)!;
  assert.deepEqual(three, { due: from + HOUR, left: 2, every: "PT1H" });
  const second = nextOf(three, plain)!;
  const third = nextOf(second, plain)!;
  assert.deepEqual(third, { due: from + 3 * HOUR, left: 0, every: "PT1H" });
  assert.equal(nextOf(third, plain), undefined);
  assert.equal(iso(dueOf("R2/2026-02-01T00:00:00Z/P1D", { when: "cycle", from }, plain)?.due), "2026-02-01T00:00:00.000Z");
  assert.equal(nextOf(dueOf("R/P1M", { when: "cycle", from }, plain)!, plain)?.left, undefined);
  const first = dueOf("R/P1D", { when: "cycle", from: AT }, working)!;
  assert.equal(iso(first.due), "2026-11-24T18:00:00.000Z");
  assert.equal(iso(nextOf(first, working)?.due), "2026-11-25T18:00:00.000Z");
  assert.equal(nextOf(dueOf("R/PT0S", { when: "cycle", from }, plain)!, plain), undefined);
});

test("a timer reads its text from the case, a date as well as a duration", () => {
  const c = follow(
    draw({ nodes: { s: START, w: { kind: "catch", events: [{ kind: "time", date: "until" }] }, e: END }, flows: ["s>w", "w>e"] }),
  ).start({ until: "2026-12-01" });
  assert.equal(iso(c.due), "2026-11-30T18:00:00.000Z");
});

test("a timer that cannot be read is an incident, and is read again when it is tried again", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: person(),
        late: { kind: "boundary", on: "a", events: [{ kind: "time", duration: "term" }] },
        e: END,
        g: END,
      },
      flows: ["s>a", "a>e", "late>g"],
    }),
  ).start({ term: "soon" });
  assert.equal(c.incidents, "unreadable-time");
  c.send({ kind: "set", variables: { term: "P1D" }, by: "o" });
  c.send({ kind: "retry", token: c.token("a")!.id, reason: "mended", by: "o" });
  assert.equal(c.due, AT + DAY);
  assert.equal(c.complete("a").status, "ended");
});

test("after a standstill what is due fires in the order it was due", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: person(),
        late: { kind: "boundary", on: "a", interrupting: false, events: [{ kind: "time", duration: '"P2D"' }] },
        soon: { kind: "boundary", on: "a", interrupting: false, events: [{ kind: "time", duration: '"P1D"' }] },
        x: TASK,
        y: TASK,
        e: END,
      },
      flows: ["s>a", "a>e", "late>x", "soon>y", "x>e", "y>e"],
    }),
  ).start();
  assert.equal(c.pass(30 * DAY).trace, "y x");
});

test("a cycle that was missed for long fires in portions, and no tick is refused for it", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: person(),
        tick: { kind: "boundary", on: "a", interrupting: false, events: [{ kind: "time", cycle: '"R6000/PT1M"' }] },
        x: TASK,
        e: END,
      },
      flows: ["s>a", "a>e", "tick>x", "x>e"],
    }),
  ).start();
  c.pass(30 * DAY);
  let ticks = 1;
  for (; c.due !== undefined && c.due <= c.at; ticks++) assert.equal(c.pass(0).refused, undefined);
  assert.ok(ticks > 1);
  assert.equal(c.events.filter((event) => event.kind === "done").length, 6000);
});

test("M-A18: clock set back: nothing fires early and no stay is shorter than nothing", () => {
  const c = follow(
    draw({
      nodes: { s: START, w: { kind: "catch", events: [{ kind: "time", duration: '"PT1H"' }] }, a: person(), e: END },
      flows: ["s>w", "w>a", "a>e"],
    }),
  ).start();
  assert.equal(c.pass(-DAY).refused, "not-waiting");
  assert.equal(c.pass(DAY + HOUR - 1).refused, "not-waiting");
  c.pass(1);
  const { since } = c.token("a")!;
  c.at -= 5 * HOUR;
  c.complete("a");
  assert.equal(c.status, "ended");
  assert.ok(c.state!.at >= since);
});

test("M-A18: holiday moved: terms in working days are counted again from when they began", () => {
  const drawn = {
    nodes: {
      s: START,
      a: person("clerk", { days: feel("3") }),
      late: { kind: "boundary", on: "a", events: [{ kind: "time", duration: '"P3D"', working: true }] },
      e: END,
      g: END,
    },
    flows: ["s>a", "a>e", "late>g"],
  } as const;
  const c = follow(draw(drawn)).start();
  assert.equal(iso(c.due), "2026-11-26T18:00:00.000Z");
  const moved = follow(draw(drawn, calendarOf(["2026-11-25"])));
  moved.state = c.state;
  moved.pass(DAY);
  moved.send({ kind: "recount", reason: "25 November is a day off", by: "system" });
  assert.equal(iso(moved.due), "2026-11-27T18:00:00.000Z");
  const { waits } = moved.token("a")!;
  assert.equal(waits.for === "person" && iso(waits.due), "2026-11-27T18:00:00.000Z");
});
