import type { Plain } from "@kerege/kernel/feel";
import { enterToken, incident, settle } from "./activities.ts";
import { type Case, type LiveToken, type Moving, type Place, put, type Values } from "./case.ts";
import { tellBoundaries } from "./catching.ts";
import type { Repeat } from "./model.ts";
import { interrupt, release } from "./scopes.ts";
import type { Wait } from "./state.ts";
import { kept, seen } from "./variables.ts";

/** Activities done several times: multi-instance (BPMN 2.0.2 §13.3.7) and standard loop (§13.3.6). */

type Many = Extract<Repeat, { kind: "many" }>;
type While = Extract<Repeat, { kind: "while" }>;
type Instances = Extract<Wait, { for: "instances" }>;

/** More instances at once than any board or list of bodies has would only fill the memory. */
const MOST_INSTANCES = 100_000;

export function beginRepeat(c: Case, moving: Moving): void {
  const outer = enterToken(c, moving);
  const { repeat } = moving.node;
  if (!outer || !repeat) return;
  if (repeat.kind === "while") {
    beginLoop(c, outer, repeat);
    return;
  }
  const over = repeat.over.evaluate(seen(outer.scope, outer.own), c.moment);
  const items = itemsOf(over);
  if (!items) {
    incident(c, outer, "not-repeatable");
    return;
  }
  outer.waits = { for: "instances", open: 0, done: 0, total: items.length };
  if (items.length === 0) {
    settle(c, outer, { result: gathered(repeat, []) });
    return;
  }
  if (repeat.sequential) {
    outer.waits = { ...outer.waits, ...(typeof over !== "number" && { items }) };
    beginInstance(c, outer, { item: items[0], index: 0 });
    return;
  }
  for (const [index, item] of items.entries()) beginInstance(c, outer, { item, index });
}

function itemsOf(over: Plain): readonly Plain[] | undefined {
  if (Array.isArray(over)) return over.length <= MOST_INSTANCES ? over : undefined;
  if (typeof over !== "number" || !Number.isInteger(over) || over < 0 || over > MOST_INSTANCES) return undefined;
  return Array.from({ length: over }, (_, index) => index);
}

function beginInstance(c: Case, outer: LiveToken, one: { item: Plain; index: number }): void {
  const { node, waits } = outer;
  if (!node || waits.for !== "instances") return;
  const { repeat } = node;
  outer.waits = { ...waits, open: waits.open + 1 };
  const own: Values = { ...outer.own, loopCounter: one.index };
  if (repeat?.kind === "many" && repeat.item !== undefined) own[repeat.item] = kept(one.item);
  put(c, { scope: outer.scope, node, of: outer, own });
}

/** One instance of a repeated activity is done. */
export function instanceDone(c: Case, place: Place, result: Readonly<Record<string, Plain>> | undefined): void {
  const outer = place.of;
  if (outer?.waits.for !== "instances" || !outer.node?.repeat) return;
  const { repeat } = outer.node;
  outer.waits = { ...outer.waits, open: outer.waits.open - 1, done: outer.waits.done + 1 };
  if (repeat.kind === "while") {
    loopAgain(c, outer, repeat);
    return;
  }
  keepGathered(c, place, { repeat, result });
  if (repeat.tells && (repeat.tell === "none" || (repeat.tell === "one" && outer.waits.done === 1))) {
    tellBoundaries(c, outer, repeat.tells);
    if (!outer.there) return;
  }
  manyGoOn(c, outer, repeat);
}

function keepGathered(c: Case, place: Place, one: { repeat: Many; result: Readonly<Record<string, Plain>> | undefined }): void {
  const outer = place.of;
  const { gather } = one.repeat;
  if (outer?.waits.for !== "instances") return;
  if (!gather) return;
  const value = kept(gather.value.evaluate({ ...seen(place.scope, place.own), ...one.result }, c.moment));
  const values = [...(outer.waits.gathered ?? new Array<Plain>(outer.waits.total ?? 0).fill(null))];
  values[Number(place.own?.loopCounter ?? values.length)] = value;
  outer.waits = { ...outer.waits, gathered: values };
}

function gathered(repeat: Many, values: readonly Plain[]): Values | undefined {
  return repeat.gather && { [repeat.gather.into]: values };
}

function manyGoOn(c: Case, outer: LiveToken, repeat: Many): void {
  if (outer.waits.for !== "instances") return;
  const { done, open, total = 0, items, gathered: values = [] } = outer.waits;
  const enough = isEnough(c, outer, { repeat, waits: outer.waits });
  if (!enough && done < total) {
    if (repeat.sequential) beginInstance(c, outer, { item: items ? items[done] : done, index: done });
    return;
  }
  if (open > 0) endInstances(c, outer);
  settle(c, outer, { result: gathered(repeat, values) });
}

/** Whether the completion condition holds (attributes of BPMN 2.0.2 table 10.29 as variables). */
function isEnough(c: Case, outer: LiveToken, one: { repeat: Many; waits: Instances }): boolean {
  const { completion } = one.repeat;
  if (!completion) return false;
  const { open, done, total, gathered: values = [] } = one.waits;
  const counts = {
    numberOfInstances: total ?? 0,
    numberOfActiveInstances: open,
    numberOfCompletedInstances: done,
    numberOfTerminatedInstances: 0,
    ...gathered(
      one.repeat,
      values.filter((value) => value !== null),
    ),
  };
  return completion.evaluate({ ...seen(outer.scope, outer.own), ...counts }, c.moment) === true;
}

function endInstances(c: Case, outer: LiveToken): void {
  const { scope } = outer;
  for (const token of [...c.tokens]) {
    if (token.of !== outer || !token.there) continue;
    interrupt(c, token);
    release(c, scope);
  }
}

function beginLoop(c: Case, outer: LiveToken, repeat: While): void {
  outer.waits = { for: "instances", open: 0, done: 0 };
  if (repeat.before && !mayLoop(c, outer, repeat)) {
    settle(c, outer, {});
    return;
  }
  beginInstance(c, outer, { item: null, index: 0 });
}

function loopAgain(c: Case, outer: LiveToken, repeat: While): void {
  if (outer.waits.for !== "instances") return;
  if (mayLoop(c, outer, repeat)) beginInstance(c, outer, { item: null, index: outer.waits.done });
  else settle(c, outer, {});
}

function mayLoop(c: Case, outer: LiveToken, repeat: While): boolean {
  const done = outer.waits.for === "instances" ? outer.waits.done : 0;
  if (repeat.most !== undefined && done >= repeat.most) return false;
  return repeat.condition.evaluate({ ...seen(outer.scope, outer.own), loopCounter: done }, c.moment) === true;
}
