import { createHmac, randomBytes } from "node:crypto";
import type { HistoryEvent } from "../engine/state.ts";
import type { CaseHistory } from "./figures.ts";

/** An event as process-mining tools read it. No personal data: cases and people are other ones in each export. */
export interface LoggedEvent {
  readonly case: string;
  /** Name of the step, else its id. */
  readonly activity: string;
  readonly node: string;
  /** Of the standard lifecycle of IEEE 1849-2016, 8.3.2. */
  readonly lifecycle:
    | "schedule"
    | "assign"
    | "start"
    | "complete"
    | "manualskip"
    | "withdraw"
    | "suspend"
    | "resume"
    | "pi_abort";
  readonly at: string;
  readonly resource?: string;
  readonly edition: string;
}

/** What the people of an export are called, different in each one. */
export interface Pseudonyms {
  case(id: string): string;
  resource(actor: string): string;
}

export function createPseudonyms(key: Buffer = randomBytes(32)): Pseudonyms {
  const name = (kind: string, of: string) => createHmac("sha256", key).update(`${kind}\n${of}`).digest("base64url").slice(0, 16);
  return { case: (id) => `c-${name("case", id)}`, resource: (actor) => `r-${name("resource", actor)}` };
}

const LIFECYCLE: Partial<Record<HistoryEvent["kind"], LoggedEvent["lifecycle"]>> = {
  held: "start",
  done: "complete",
  agreed: "complete",
  skipped: "manualskip",
  interrupted: "withdraw",
  incident: "suspend",
  retried: "resume",
  failed: "pi_abort",
  caught: "complete",
};

/** Events of a case that belong to a step. What was said in them (answers, reasons) is left out. */
export function* loggedEvents(
  history: CaseHistory,
  given: { pseudonyms: Pseudonyms; nameOf(model: string, node: string): string | undefined },
): Generator<LoggedEvent> {
  const { pseudonyms, nameOf } = given;
  const name = pseudonyms.case(history.instance);
  for (const { at, told } of history.steps)
    for (const { kind, node, token, by, said } of told) {
      // A repeated step stands there each time it is done, not once more as a whole.
      if (said?.whole === true) continue;
      const given = kind === "held" && by === undefined ? "assign" : LIFECYCLE[kind];
      // Where nobody waits, entering is doing.
      const lifecycle = kind === "entered" ? (token === undefined ? "complete" : "schedule") : given;
      if (lifecycle === undefined || node === undefined) continue;
      yield {
        case: name,
        activity: nameOf(history.model, node) || node,
        node,
        lifecycle,
        at: new Date(at).toISOString(),
        ...(by !== undefined && { resource: by === "system" ? "system" : pseudonyms.resource(by) }),
        edition: history.model.slice(0, 12),
      };
    }
}

/** Histories as CSV (RFC 4180, UTF-8, CRLF), one event a row. A text a spreadsheet would take for a formula is told apart by a quote. */
export async function* csvOf(
  batches: AsyncIterable<readonly CaseHistory[]>,
  given: Parameters<typeof loggedEvents>[1],
): AsyncGenerator<string> {
  yield "case,activity,node,lifecycle,time,resource,edition\r\n";
  for await (const batch of batches)
    yield batch
      .flatMap((history) => [...loggedEvents(history, given)])
      .map((event) =>
        [event.case, event.activity, event.node, event.lifecycle, event.at, event.resource ?? "", event.edition]
          .map(cell)
          .join(","),
      )
      .map((row) => `${row}\r\n`)
      .join("");
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Histories as XES (IEEE 1849-2016), one trace a case. */
export async function* xesOf(
  batches: AsyncIterable<readonly CaseHistory[]>,
  given: Parameters<typeof loggedEvents>[1] & { process: string },
): AsyncGenerator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <global scope="trace">
    <string key="concept:name" value=""/>
  </global>
  <global scope="event">
    <string key="concept:name" value=""/>
    <string key="lifecycle:transition" value="complete"/>
    <date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
  </global>
  <classifier name="Activity" scope="event" keys="concept:name"/>
  <classifier name="Activity and lifecycle" scope="event" keys="concept:name lifecycle:transition"/>
  <string key="concept:name" value="${xmlText(given.process)}"/>
  <string key="lifecycle:model" value="standard"/>
`;
  for await (const batch of batches) yield batch.map((history) => traceOf(history, given)).join("");
  yield "</log>\n";
}

function traceOf(history: CaseHistory, given: Parameters<typeof loggedEvents>[1]): string {
  const lines = [`  <trace>\n    <string key="concept:name" value="${xmlText(given.pseudonyms.case(history.instance))}"/>\n`];
  for (const { activity, node, lifecycle, at, resource, edition } of loggedEvents(history, given)) {
    lines.push(
      `    <event>\n      <string key="concept:name" value="${xmlText(activity)}"/>\n      <string key="lifecycle:transition" value="${lifecycle}"/>\n`,
      resource === undefined ? "" : `      <string key="org:resource" value="${xmlText(resource)}"/>\n`,
      `      <date key="time:timestamp" value="${at.replace("Z", "+00:00")}"/>\n      <string key="node" value="${xmlText(node)}"/>\n`,
      `      <string key="edition" value="${xmlText(edition)}"/>\n    </event>\n`,
    );
  }
  return `${lines.join("")}  </trace>\n`;
}

/** Characters XML 1.0 cannot hold at all are left out. */
function xmlText(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}
