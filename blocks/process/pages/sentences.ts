import type { Plain } from "@kerege/kernel/feel";
import type { Language } from "@kerege/kernel/locale";
import type { Visit } from "@kerege/kernel/page";
import type { Recorded } from "../door.ts";
import type { NodeKind } from "../engine/model.ts";
import type { HistoryEvent, HistoryKind } from "../engine/state.ts";
import type { Book } from "./book.ts";
import { type ActOf, isRecord, normText } from "./norm.ts";

/** One line of the record of a case in words. */
export interface Sentence {
  at: Date;
  kind: HistoryKind | "migrated";
  node?: string;
  text: string;
  /** Reason, norm, and whatever else was said with it. */
  more: string[];
}

/** What sentences stand on. */
export interface Telling {
  book: Pick<Book, "who" | "when">;
  visit: Pick<Visit, "t" | "language">;
  /** Name of a step in the language of the page. */
  stepOf(id: string): string;
  flowOf(id: string): string;
  kindOf(id: string): NodeKind | undefined;
  actOf: ActOf;
}

/** Passing through is told by what comes of it. */
const QUIET: ReadonlySet<HistoryKind> = new Set(["entered", "taken"]);
/** A case passes these, and does nothing there. */
const PASSED: ReadonlySet<NodeKind> = new Set(["start", "exclusive", "parallel", "inclusive", "complex", "throw", "boundary"]);
const WAITING: ReadonlySet<NodeKind> = new Set(["catch", "receive", "event-based"]);

/**
 * The record of a case as sentences, the oldest first. Values that a case works with are not told: they may be a person's. `all` also tells
 * of each step that was only passed.
 */
export function sentencesOf(telling: Telling, given: { history: readonly Recorded[]; all: boolean }): Sentence[] {
  const sentences: Sentence[] = [];
  for (const recorded of given.history) {
    const { command, events } = recorded;
    if (command.kind === "migrate") sentences.push(migrated(telling, recorded));
    for (const event of events) {
      if (given.all || !isPassing(telling, event, events)) sentences.push(sentenceOf(telling, recorded, event));
    }
  }
  return sentences;
}

/** A step that begins and waits is worth a line; one that is over in the same breath has a line of its own. */
function isPassing({ kindOf }: Telling, event: HistoryEvent, events: readonly HistoryEvent[]): boolean {
  const besides = (wanted: (kind: HistoryKind) => boolean) =>
    events.some((other) => other !== event && other.node === event.node && wanted(other.kind));
  // Where tries are spent, the incident says it all.
  if (event.kind === "failed") return besides((kind) => kind === "incident");
  if (!QUIET.has(event.kind)) return false;
  const kind = event.node === undefined ? undefined : kindOf(event.node);
  return (kind !== undefined && PASSED.has(kind)) || besides((other) => !QUIET.has(other));
}

const textOf = (value: Plain | undefined): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";

/** One event in words. */
export function sentenceOf(telling: Telling, recorded: Recorded, event: HistoryEvent): Sentence {
  const { visit, stepOf, flowOf } = telling;
  const { t, language } = visit;
  const { command, at } = recorded;
  const said = event.said ?? {};
  const by = event.by ?? ("by" in command ? (command.by ?? undefined) : undefined);
  const node = event.node;
  const fromNode = textOf(said.from);
  const toNode = textOf(said.to) || (command.kind === "move" && event.kind === "moved" ? command.to : "");
  const flow = event.flow ?? textOf(said.flow);
  const values = {
    by: by === undefined || by === "system" ? "system" : "someone",
    who: telling.book.who(by, language),
    step: node === undefined ? "" : stepOf(node),
    flow: flow === "" ? "" : flowOf(flow),
    way: flow === "" || flowOf(flow) === "" ? "none" : "named",
    code: textOf(said.code),
    attempt: textOf(said.attempt) || textOf(said.attempts) || "1",
    title: textOf(said.title) || (command.kind === "add" ? command.title : ""),
    from: fromNode === "" ? "" : stepOf(fromNode),
    to: toNode === "" ? "" : stepOf(toNode),
    names: command.kind === "set" ? Object.keys(command.variables).join(", ") : Object.keys(said).join(", "),
    held: event.kind === "held" && by === undefined ? "released" : "taken",
  };
  return {
    at,
    kind: event.kind,
    ...(node !== undefined && { node }),
    text: t(`process.history.${wordingOf(telling, event)}`, values),
    more: moreOf(telling, recorded, event),
  };
}

/** To begin an end is to reach it, to begin an event is to wait for it. */
function wordingOf({ kindOf }: Telling, { kind, node }: HistoryEvent): string {
  const at = kind === "entered" && node !== undefined ? kindOf(node) : undefined;
  if (at === "end") return "reached";
  return at !== undefined && WAITING.has(at) ? "waits" : kind;
}

function moreOf({ visit: { t, language }, book, actOf }: Telling, { command }: Recorded, event: HistoryEvent): string[] {
  const said = event.said ?? {};
  const more: string[] = [];
  const reason = textOf(said.reason) || (reasoned(event.kind) && "reason" in command ? command.reason : "");
  if (reason !== "") more.push(t("process.history.reason", { reason }));
  // Of two officials the record of the command names the second.
  if (reasoned(event.kind) && "confirmedBy" in command && typeof command.confirmedBy === "string")
    more.push(t("process.history.confirmed", { who: book.who(command.confirmedBy, language) }));
  more.push(...rulesOf(said.why, { t, language, actOf }));
  const retry = said.retryAt;
  if (typeof retry === "number") more.push(t("process.history.retry-at", { at: book.when(language, new Date(retry)) }));
  return more;
}

const REASONED: ReadonlySet<HistoryKind> = new Set([
  "moved",
  "recounted",
  "added",
  "retried",
  "skipped",
  "suspended",
  "resumed",
  "cancelled",
]);
const reasoned = (kind: HistoryKind) => REASONED.has(kind);

function migrated({ book, visit: { t, language } }: Telling, { at, command }: Recorded): Sentence {
  if (command.kind !== "migrate") return { at, kind: "migrated", text: "", more: [] };
  const text = t("process.history.migrated", {
    who: book.who(command.by, language),
    way: command.inverse ? "back" : "on",
    edition: command.model.slice(0, 8),
  });
  return {
    at,
    kind: "migrated",
    text,
    more: command.reason === "" ? [] : [t("process.history.reason", { reason: command.reason })],
  };
}

/** Rules that held, each with its norm; the facts they were applied to are not told. */
function rulesOf(why: Plain | undefined, { t, language, actOf }: { t: Visit["t"]; language: Language; actOf: ActOf }): string[] {
  if (why === undefined || !isRecord(why) || !Array.isArray(why.rules)) return [];
  const sentences = why.rules.flatMap((one: Plain) => {
    if (!isRecord(one)) return [];
    const norm = one.norm === undefined ? "" : normText(one.norm, { actOf, language });
    const rule = textOf(one.rule);
    const table = textOf(one.table);
    if (table === "" || rule === "")
      return [rule === "" ? "" : t("process.history.rule", { rule }), norm === "" ? "" : t("process.history.norm", { norm })];
    return [
      norm === ""
        ? t("process.deciding.rule", { table, number: rule })
        : t("process.deciding.rule-by", { table, number: rule, norm }),
    ];
  });
  return [...new Set(sentences)].filter((sentence) => sentence !== "");
}
