import type { Repeat } from "../engine/model.ts";
import { readDefinition } from "./events.ts";
import { compile, constant, expressionOf, textOf } from "./expression.ts";
import { type Source, tell } from "./source.ts";
import { type Element, element, flag, words } from "./tree.ts";
import { checkName } from "./work.ts";

const MOST_LOOPS = 1_000_000;

/** How often an activity is done: for each of many, or while a condition holds (BPMN 2.0.2, 13.3.6 and 13.3.7). */
export function readRepeat(source: Source, activity: Element): Repeat | undefined {
  const loop = element(activity, "loopCharacteristics");
  if (!loop) return undefined;
  return loop.$type === "bpmn:StandardLoopCharacteristics" ? readWhile(source, activity, loop) : readMany(source, activity, loop);
}

function readWhile(source: Source, activity: Element, loop: Element): Repeat | undefined {
  const text = words(loop, "loopMaximum");
  const most = text === undefined ? undefined : Number(text);
  const told = source.faults.length;
  const condition = expressionOf(source, element(loop, "loopCondition"), "boolean");
  if (!condition && source.faults.length > told) return undefined;
  if (!condition && most === undefined) {
    tell(source, activity, { code: "unsaid", params: { what: "loopCondition" } });
    return undefined;
  }
  if (most !== undefined && !(Number.isInteger(most) && most >= 0 && most <= MOST_LOOPS)) {
    tell(source, activity, { code: "number", params: { what: "loopMaximum", limit: MOST_LOOPS } });
    return undefined;
  }
  return {
    kind: "while",
    before: flag(loop, "testBefore"),
    condition: condition ?? constant(true),
    ...(most !== undefined && { most }),
  };
}

function readMany(source: Source, activity: Element, loop: Element): Repeat | undefined {
  const over = overWhat(source, activity, loop);
  if (!over) return undefined;
  const item = words(loop, "item") ?? words(element(loop, "inputDataItem"), "name");
  if (item) checkName(source, activity, item);
  const completionElement = element(loop, "completionCondition");
  const completion = textOf(source, completionElement) ? expressionOf(source, completionElement, "boolean") : undefined;
  const gather = gathered(source, activity, loop);
  const behavior = (words(loop, "behavior") ?? "All").toLowerCase();
  if (behavior === "complex") tell(source, activity, { code: "not-executed", params: { kind: "behavior=Complex" } });
  const thrown = element(loop, `${behavior}BehaviorEventRef`);
  const tells = thrown && readDefinition({ source, event: activity, definition: thrown, position: "throw", prefix: "" });
  return {
    kind: "many",
    sequential: flag(loop, "isSequential"),
    over,
    ...(item && { item }),
    ...(gather && { gather }),
    ...(completion && { completion }),
    tell: behavior === "none" || behavior === "one" ? behavior : "all",
    ...(tells && { tells }),
  };
}

/** A list by our attribute, by the standard's reference to data, or a number of times. */
function overWhat(source: Source, activity: Element, loop: Element) {
  const told = source.faults.length;
  const text = words(loop, "over") ?? nameOfValue(element(loop, "loopDataInputRef"));
  const over = text ? compile({ source, at: activity, text }) : expressionOf(source, element(loop, "loopCardinality"));
  if (!over && source.faults.length === told)
    tell(source, activity, { code: "unsaid", params: { what: "loopCardinality | kerege:over" } });
  return over;
}

function gathered(source: Source, activity: Element, loop: Element) {
  const into = words(loop, "gather") ?? nameOfValue(element(loop, "loopDataOutputRef"));
  const text = words(loop, "value") ?? words(element(loop, "outputDataItem"), "name");
  if (!into && !text) return undefined;
  if (!into || !text) {
    tell(source, activity, { code: "unsaid", params: { what: into ? "kerege:value" : "kerege:gather" } });
    return undefined;
  }
  checkName(source, activity, into);
  const value = compile({ source, at: activity, text, open: true });
  return value && { into, value };
}

function nameOfValue(value: Element | undefined): string | undefined {
  return words(value, "name") ?? value?.id;
}
