import type { EventPlace, GatewayKind, Look, Mark, SubProcessKind, TaskKind, Trigger } from "./drawing.ts";
import { type Element, flag, many, one, text, typeOf } from "./element.ts";

const TASKS: Record<string, TaskKind> = {
  Task: "task",
  UserTask: "user",
  ManualTask: "manual",
  ServiceTask: "service",
  BusinessRuleTask: "rule",
  SendTask: "send",
  ReceiveTask: "receive",
  ScriptTask: "script",
};

const PLACES: Record<string, EventPlace> = {
  StartEvent: "start",
  IntermediateCatchEvent: "catch",
  IntermediateThrowEvent: "throw",
  BoundaryEvent: "boundary",
  EndEvent: "end",
};

const TRIGGERS: Record<string, Trigger> = {
  MessageEventDefinition: "message",
  TimerEventDefinition: "timer",
  ErrorEventDefinition: "error",
  EscalationEventDefinition: "escalation",
  CancelEventDefinition: "cancel",
  CompensateEventDefinition: "compensation",
  ConditionalEventDefinition: "conditional",
  LinkEventDefinition: "link",
  SignalEventDefinition: "signal",
  TerminateEventDefinition: "terminate",
};

const GATEWAYS: Record<string, GatewayKind> = {
  ExclusiveGateway: "exclusive",
  ParallelGateway: "parallel",
  InclusiveGateway: "inclusive",
  ComplexGateway: "complex",
};

/** What an element looks like (BPMN 2.0.2, chapters 7.2 and 10). `expanded` and `marked` are said by its shape. */
export function lookOf(element: Element, given: { expanded: boolean; marked?: boolean; across?: boolean }): Look {
  const type = typeOf(element);
  if (TASKS[type]) return { figure: "activity", task: TASKS[type], marks: marksOf(element) };
  const holds = heldBy(element);
  if (holds) {
    const marks = marksOf(element);
    // A call that runs one task of the house looks like that task with a thick edge; the rest shows that there is more inside.
    if (!given.expanded) marks.push("collapsed");
    if (holds === "ad-hoc") marks.push("ad-hoc");
    return { figure: "activity", holds, marks };
  }
  const place = PLACES[type];
  if (place) return { figure: "event", place, trigger: triggerOf(element), interrupting: interrupts(element, place) };
  const gateway = type === "EventBasedGateway" ? eventGateway(element) : GATEWAYS[type];
  if (gateway) return { figure: "gateway", gateway, marked: given.marked === true };
  if (type === "Participant")
    return { figure: "pool", across: given.across !== false, many: one(element, "participantMultiplicity") !== undefined };
  if (type === "Lane") return { figure: "lane", across: given.across !== false, many: false };
  return artifact(element, type);
}

function artifact(element: Element, type: string): Look {
  if (type === "DataStoreReference" || type === "DataStore") return { figure: "store" };
  if (type === "TextAnnotation") return { figure: "note" };
  if (type === "Group") return { figure: "group" };
  if (type === "Message") return { figure: "message" };
  if (type.startsWith("Data")) {
    const way = type === "DataInput" ? "input" : type === "DataOutput" ? "output" : "none";
    return { figure: "object", way, many: flag(element, "isCollection") || flag(one(element, "dataObjectRef"), "isCollection") };
  }
  return { figure: "other" };
}

function heldBy(element: Element): SubProcessKind | undefined {
  const type = typeOf(element);
  if (type === "CallActivity") return "call";
  if (type === "Transaction") return "transaction";
  if (type === "AdHocSubProcess") return "ad-hoc";
  if (type === "SubProcess") return flag(element, "triggeredByEvent") ? "event-sub-process" : "sub-process";
  return undefined;
}

function marksOf(element: Element): Mark[] {
  const marks: Mark[] = [];
  const loop = one(element, "loopCharacteristics");
  if (loop)
    marks.push(typeOf(loop) === "StandardLoopCharacteristics" ? "loop" : flag(loop, "isSequential") ? "many-sequential" : "many");
  if (flag(element, "isForCompensation")) marks.push("compensation");
  return marks;
}

function triggerOf(element: Element): Trigger {
  const definitions = [...many(element, "eventDefinitions"), ...many(element, "eventDefinitionRef")];
  if (definitions.length > 1) return flag(element, "parallelMultiple") ? "all" : "multiple";
  return definitions[0] ? (TRIGGERS[typeOf(definitions[0])] ?? "none") : "none";
}

function interrupts(element: Element, place: EventPlace): boolean {
  if (place === "boundary") return element.cancelActivity !== false;
  // Only the start of an event sub-process can leave what it stands in running.
  if (place === "start" && flag(element.$parent, "triggeredByEvent")) return element.isInterrupting !== false;
  return true;
}

function eventGateway(element: Element): GatewayKind {
  if (!flag(element, "instantiate")) return "event";
  return text(element, "eventGatewayType") === "Parallel" ? "event-all" : "event-start";
}

/** What a shape is called: a note says its text, a group its category. */
export function nameOf(element: Element): string {
  if (typeOf(element) === "TextAnnotation") return text(element, "text");
  if (typeOf(element) === "Group") return text(one(element, "categoryValueRef"), "value");
  return text(element, "name") || (typeOf(element) === "DataObjectReference" ? text(one(element, "dataObjectRef"), "name") : "");
}
