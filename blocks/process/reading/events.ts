import type { EventDefinition, NodeKind } from "../engine/model.ts";
import { compile, constant, expressionOf, textOf } from "./expression.ts";
import { type Source, tell } from "./source.ts";
import { type Element, element, elements, flag, words } from "./tree.ts";

/** Where an event stands decides what it may be (BPMN 2.0.2, table 10.93). */
export type EventPosition =
  | "start"
  | "start-of-sub-process"
  | "start-of-event-sub-process"
  | "catch"
  | "boundary"
  | "throw"
  | "end";

type EventKind = EventDefinition["kind"];

const ALLOWED: Readonly<Record<EventPosition, readonly EventKind[]>> = {
  start: ["message", "signal", "timer", "conditional"],
  "start-of-sub-process": [],
  "start-of-event-sub-process": ["message", "signal", "timer", "conditional", "error", "escalation", "compensation"],
  catch: ["message", "signal", "timer", "conditional", "link"],
  boundary: ["message", "signal", "timer", "conditional", "error", "escalation", "compensation", "cancel"],
  throw: ["message", "signal", "escalation", "compensation", "link"],
  end: ["message", "signal", "error", "escalation", "compensation", "cancel", "terminate"],
};

const KINDS: Readonly<Record<string, EventKind>> = {
  "bpmn:MessageEventDefinition": "message",
  "bpmn:SignalEventDefinition": "signal",
  "bpmn:ErrorEventDefinition": "error",
  "bpmn:EscalationEventDefinition": "escalation",
  "bpmn:TimerEventDefinition": "timer",
  "bpmn:ConditionalEventDefinition": "conditional",
  "bpmn:CompensateEventDefinition": "compensation",
  "bpmn:LinkEventDefinition": "link",
  "bpmn:CancelEventDefinition": "cancel",
  "bpmn:TerminateEventDefinition": "terminate",
};

export function positionOf(kind: NodeKind, holder: NodeKind | undefined): EventPosition {
  if (kind === "start" && holder !== undefined && holder !== "call")
    return holder === "event-sub-process" ? "start-of-event-sub-process" : "start-of-sub-process";
  return kind as EventPosition;
}

/** Definitions drawn in the event and those it refers to, read; what cannot stand here is told. */
export function readEvents(
  source: Source,
  event: Element,
  given: { position: EventPosition; prefix: string },
): EventDefinition[] {
  const drawn = [...elements(event, "eventDefinitions"), ...elements(event, "eventDefinitionRef")];
  const events: EventDefinition[] = [];
  for (const definition of drawn) {
    const read = readDefinition({ source, event, definition, ...given });
    if (read) events.push(read);
  }
  return events;
}

/** One definition; undefined where a fault was told. */
export function readDefinition(reading: Reading): EventDefinition | undefined {
  const { source, event, definition, position } = reading;
  const kind = KINDS[definition.$type];
  if (kind && ALLOWED[position].includes(kind)) return READERS[kind](reading);
  const named = definition.$type.replace(/^bpmn:|EventDefinition$/g, "");
  tell(source, event, { code: "event-not-here", params: { kind: named, position } });
  return undefined;
}

export interface Reading {
  readonly source: Source;
  readonly event: Element;
  readonly definition: Element;
  readonly position: EventPosition;
  /** Of called processes, as `call/`. */
  readonly prefix: string;
}

const READERS: Readonly<Record<EventKind, (reading: Reading) => EventDefinition | undefined>> = {
  message: ({ source, event, definition }) => readMessage(source, { at: event, holder: definition }),
  signal({ source, event, definition }) {
    const signal = element(definition, "signalRef");
    const name = words(signal, "name") ?? signal?.id;
    return name ? { kind: "signal", name } : missing(source, event, "signalRef");
  },
  error({ source, event, definition, position }) {
    const error = element(definition, "errorRef");
    const code = words(error, "errorCode") ?? words(error, "name") ?? error?.id;
    if (!code && position === "end") return missing(source, event, "errorRef");
    return code ? { kind: "error", code } : { kind: "error" };
  },
  escalation({ source, event, definition, position }) {
    const escalation = element(definition, "escalationRef");
    const code = words(escalation, "escalationCode") ?? words(escalation, "name") ?? escalation?.id;
    if (!code && (position === "end" || position === "throw")) return missing(source, event, "escalationRef");
    return code ? { kind: "escalation", code } : { kind: "escalation" };
  },
  timer: readTimer,
  conditional({ source, event, definition }) {
    const condition = element(definition, "condition");
    if (!textOf(source, condition)) return missing(source, event, "condition");
    const read = expressionOf(source, condition, "boolean");
    return read && { kind: "conditional", condition: read };
  },
  compensation({ definition, prefix }) {
    const activity = element(definition, "activityRef")?.id;
    return activity ? { kind: "compensation", activity: prefix + activity } : { kind: "compensation" };
  },
  link({ source, event, definition }) {
    const name = words(definition, "name") ?? words(event, "name");
    return name ? { kind: "link", name } : missing(source, event, "linkEventDefinition name");
  },
  cancel: () => ({ kind: "cancel" }),
  terminate: () => ({ kind: "terminate" }),
};

/** The message of an event or of a task that sends or receives: the name, and what tells whose it is. */
export function readMessage(
  source: Source,
  given: { at: Element; holder: Element },
): Extract<EventDefinition, { kind: "message" }> | undefined {
  const { at, holder } = given;
  const operation = element(holder, "operationRef");
  const message = element(holder, "messageRef") ?? element(operation, "inMessageRef");
  const name = words(message, "name") ?? message?.id;
  if (!name) return missing(source, at, "messageRef");
  const text = words(holder, "correlation");
  const correlation = text === undefined ? undefined : compile({ source, at, text });
  return correlation ? { kind: "message", name, correlation } : { kind: "message", name };
}

function missing(source: Source, at: Element, what: string): undefined {
  tell(source, at, { code: "unsaid", params: { what } });
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/;
const DURATION = /^P(?!$)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:[.,]\d+)?S)?)?$/;

/** ISO 8601-1, the parts that BPMN 10.4.5 names: an instant or a day, a duration, a cycle `R[n]/[start/]duration`. */
export function isIso(when: "date" | "duration" | "cycle", text: string): boolean {
  const instant = (part: string) => (INSTANT.test(part) || DAY.test(part)) && isDay(part.slice(0, 10));
  if (when === "date") return instant(text);
  if (when === "duration") return DURATION.test(text);
  const [repeat = "", ...parts] = text.split("/");
  if (!/^R\d{0,6}$/.test(repeat) || parts.length < 1 || parts.length > 2) return false;
  if (parts.length === 1) return DURATION.test(parts[0]!);
  return instant(parts[0]!) && DURATION.test(parts[1]!);
}

/** 29 February of a common year is no day. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function readTimer({ source, event, definition }: Reading): EventDefinition | undefined {
  const said = (["date", "duration", "cycle"] as const).flatMap((when) => {
    const at = element(definition, `time${when[0]!.toUpperCase()}${when.slice(1)}`);
    return at ? [{ when, at }] : [];
  });
  if (said.length !== 1) return missing(source, event, "timeDate | timeDuration | timeCycle");
  const { when, at } = said[0]!;
  const text = typeof at.body === "string" ? at.body.trim() : "";
  const working = flag(definition, "working");
  if (isIso(when, text)) return { kind: "timer", when, value: constant(text), working };
  // What begins as ISO 8601 does is meant as that: a reader of FEEL would only say that it knows no such name.
  const spoilt = text === "" || /^(?:P[\dT]|R\d*\/|\d{4}-|[\d\s:.,*?/-]+$)/.test(text);
  if (spoilt) {
    tell(source, event, { code: "timer-not-iso", params: { text, when } });
    return undefined;
  }
  if (!textOf(source, at)) return undefined;
  const value = compile({ source, at, text });
  if (!value) return undefined;
  const standing =
    value.reads.length === 0 && !/\b(?:now|today)\b/.test(text) ? value.evaluate({}, { at: 0, zone: "UTC" }) : undefined;
  if (standing !== undefined && !(typeof standing === "string" && isIso(when, standing))) {
    tell(source, event, { code: "timer-not-iso", params: { text, when } });
    return undefined;
  }
  return { kind: "timer", when, value, working };
}
