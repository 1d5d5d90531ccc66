import type { Mapping, Node, NodeKind, Work } from "../engine/model.ts";
import { readMessage } from "./events.ts";
import { compile, constant } from "./expression.ts";
import { own, type Source, tell } from "./source.ts";
import { type Element, element, elements, flag, words } from "./tree.ts";

const ATTEMPTS = 3;
const MOST_ATTEMPTS = 20;
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** Whether a text can be the name of a variable: one word of letters, digits and `_`. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

export interface Task {
  readonly source: Source;
  readonly task: Element;
  readonly kind: NodeKind;
  readonly prefix: string;
  /** Role of the lane it lies in. */
  readonly lane?: string;
}

/** What a task asks for; undefined for tasks that nobody is asked to do, and where a fault was told. */
export function readWork(given: Task): Work | undefined {
  switch (given.kind) {
    case "user":
      return readPerson(given);
    case "manual":
      return roleOf(given) ? readPerson(given) : undefined;
    case "service":
      return readCall(given);
    case "receive":
      return readSending(given);
    case "send":
      return words(given.task, "call") ? readCall(given) : readSending(given);
    case "rule":
      return words(given.task, "call") ? readCall(given) : readDecision(given);
    case "script":
      return readScript(given);
    default:
      return undefined;
  }
}

/** Said at the task, else by its performer, else by the lane it lies in. */
function roleOf({ task, lane }: Task): string | undefined {
  const performer = elements(task, "resources").map((one) => words(element(one, "resourceRef"), "name") ?? words(one, "name"));
  return words(task, "role") ?? performer.find((name) => name !== undefined) ?? lane;
}

function readPerson(given: Task): Work | undefined {
  const { source, task, prefix } = given;
  const role = roleOf(given);
  if (!role && !source.bindings.foreign) {
    tell(source, task, { code: "no-role" });
    return undefined;
  }
  const { roles } = source.bindings;
  if (role && roles && !roles.has(role))
    tell(source, task, { code: "unknown-name", params: { what: "kerege:role", name: role, known: listed(roles) } });
  const notBy = (words(task, "notBy") ?? "").split(/\s+/).filter((id) => id !== "");
  for (const id of notBy) {
    const other = source.tree.byId[id];
    if (!other || !["bpmn:UserTask", "bpmn:ManualTask"].includes(other.$type) || other === task)
      tell(source, task, { code: "unknown-reference", params: { property: "kerege:notBy", reference: id } });
  }
  const body = amountOf(given, "body");
  const days = amountOf(given, "days");
  const form = words(task, "form");
  return {
    kind: "person",
    role: role ?? "",
    ...(body && { body }),
    ...(form && { form }),
    ...(days && { days }),
    fourEyes: flag(task, "fourEyes"),
    notBy: notBy.map((id) => prefix + id),
  };
}

function amountOf({ source, task }: Task, attribute: string) {
  const text = words(task, attribute);
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? constant(Number(text)) : compile({ source, at: task, text });
}

function readCall({ source, task }: Task): Work | undefined {
  const { calls, foreign } = source.bindings;
  const operation = element(task, "operationRef");
  const name = words(task, "call") ?? words(operation, "name") ?? (foreign ? (task.id ?? "") : undefined);
  if (name === undefined) {
    tell(source, task, { code: "unsaid", params: { what: "kerege:call" } });
    return undefined;
  }
  if (calls && !calls.has(name)) {
    tell(source, task, { code: "unknown-name", params: { what: "kerege:call", name, known: listed(calls) } });
    return undefined;
  }
  const text = words(task, "attempts");
  const attempts = text === undefined ? ATTEMPTS : /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (attempts < 1 || attempts > MOST_ATTEMPTS)
    tell(source, task, { code: "number", params: { what: "kerege:attempts", limit: MOST_ATTEMPTS } });
  return { kind: "call", name, attempts, parameters: readMappings(source, task, "Parameter") };
}

/** What is sent, or waited for. */
function readSending({ source, task }: Task): Work | undefined {
  const message = readMessage(source, { at: task, holder: task });
  return message && { ...message, parameters: readMappings(source, task, "Parameter") };
}

function readDecision({ source, task }: Task): Work | undefined {
  const { decisions = {}, foreign } = source.bindings;
  const name = words(task, "decision");
  const result = words(task, "result");
  if (!name || !result) {
    if (!foreign) tell(source, task, { code: "unsaid", params: { what: name ? "kerege:result" : "kerege:decision" } });
    return undefined;
  }
  const decide = Object.hasOwn(decisions, name) ? decisions[name] : undefined;
  if (!decide) {
    tell(source, task, {
      code: "unknown-name",
      params: { what: "kerege:decision", name, known: listed(Object.keys(decisions)) },
    });
    return undefined;
  }
  checkName(source, task, result);
  return { kind: "decision", name, result, decide };
}

function readScript({ source, task }: Task): Work | undefined {
  const format = words(task, "scriptFormat");
  if (format && !/feel/i.test(format)) {
    tell(source, task, { code: "not-feel", params: { language: format } });
    return undefined;
  }
  const text = words(task, "script");
  if (!text) {
    tell(source, task, { code: "unsaid", params: { what: "script" } });
    return undefined;
  }
  const result = words(task, "result");
  if (result) checkName(source, task, result);
  const script = compile({ source, at: task, text });
  return script && { kind: "script", script, ...(result && { result }) };
}

/** What an activity is given and gives back, and what an event sends along, by extension elements of our own. */
export function readFlowOfData(source: Source, holder: Element): Pick<Node, "input" | "output"> {
  const sends = /(?:Throw|End)/.test(holder.$type);
  const input = [...readMappings(source, holder, "Input"), ...(sends ? readMappings(source, holder, "Parameter") : [])];
  const output = readMappings(source, holder, "Output");
  return { ...(input.length > 0 && { input }), ...(output.length > 0 && { output }) };
}

export function readMappings(source: Source, holder: Element, kind: "Input" | "Output" | "Parameter"): Mapping[] {
  const mappings: Mapping[] = [];
  for (const one of own(holder, kind)) {
    const to = words(one, "to");
    const text = words(one, "from");
    if (!to || !text) {
      tell(source, holder, { code: "unsaid", params: { what: to ? "kerege:from" : "kerege:to" } });
      continue;
    }
    checkName(source, holder, to);
    const from = compile({ source, at: holder, text, open: kind === "Output" });
    if (from) mappings.push({ to, from });
  }
  return mappings;
}

export function checkName(source: Source, at: Element, name: string): void {
  if (!isName(name)) tell(source, at, { code: "name-bad", params: { name } });
}

function listed(names: Iterable<string>): string {
  const all = [...names].sort();
  return all.length === 0 ? "—" : all.length > 12 ? `${all.slice(0, 12).join(", ")}, …` : all.join(", ");
}
