import type { Visit } from "@kerege/kernel/page";
import type { Armed, EventWait, Token, Wait } from "../engine/state.ts";
import type { Book } from "./book.ts";

interface Saying {
  book: Pick<Book, "who" | "role" | "when">;
  visit: Pick<Visit, "t" | "language">;
  stepOf(id: string): string;
}

/** What a token waits for, in words. */
export function waitText(saying: Saying, waits: Wait): string {
  const { book, visit } = saying;
  const { t, language } = visit;
  switch (waits.for) {
    case "person":
      return t("process.waits.person", {
        role: book.role(waits.role, language),
        held: waits.held === undefined ? "free" : "held",
        who: waits.held === undefined ? "" : book.who(waits.held, language),
        eyes: waits.done === undefined ? "one" : "second",
      });
    case "call":
      return t("process.waits.call", {
        name: waits.name,
        again: waits.retryAt === undefined ? "no" : "yes",
        at: waits.retryAt === undefined ? "" : book.when(language, new Date(waits.retryAt)),
      });
    case "join":
      return t("process.waits.join", { count: waits.arrived.length });
    case "instances":
      return t("process.waits.instances", { open: waits.open, done: waits.done });
    case "incident":
      return t("process.waits.incident", { code: waits.code, count: waits.attempts });
    case "scope":
    case "compensation":
      return t(`process.waits.${waits.for}`);
    default:
      return eventText(saying, waits);
  }
}

function eventText(saying: Saying, waits: EventWait): string {
  const { book, visit } = saying;
  const { t, language } = visit;
  switch (waits.for) {
    case "time":
      return t("process.waits.time", { at: book.when(language, new Date(waits.due)) });
    case "message":
    case "signal":
      // What a message is known by may be somebody's number: its name says enough.
      return t(`process.waits.${waits.for}`, { name: waits.name });
    case "condition":
      return t("process.waits.condition");
    default:
      return t(`process.waits.${waits.for}`, { what: waits.events.map((one) => armedText(saying, one)).join("; ") });
  }
}

/** An event that stands ready beside the work. */
export function armedText(saying: Saying, { node, waits }: Armed): string {
  return `${saying.stepOf(node)}: ${eventText(saying, waits)}`;
}

/** Earliest instant a token goes on by itself. */
export function dueOf({ waits, boundaries = [] }: Token): Date | undefined {
  const dues: number[] = [];
  const look = (one: Wait) => {
    if (one.for === "time") dues.push(one.due);
    else if (one.for === "person" && one.due !== undefined) dues.push(one.due);
    else if (one.for === "call" && one.retryAt !== undefined) dues.push(one.retryAt);
    else if (one.for === "any" || one.for === "all") for (const each of one.events) look(each.waits);
  };
  look(waits);
  for (const boundary of boundaries) look(boundary.waits);
  return dues.length === 0 ? undefined : new Date(Math.min(...dues));
}
