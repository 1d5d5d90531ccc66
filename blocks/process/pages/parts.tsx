import { EmptyState, StatusTag, Timeline, type Tone, type Visit } from "@kerege/kernel/page";
import type { VNode } from "preact";
import type { CaseRow, Recorded } from "../door.ts";
import { drawProcess, type Mark } from "../drawing/draw.tsx";
import type { Drawing } from "../drawing/drawing.ts";
import { outlineOf, StepList } from "../drawing/outline.tsx";
import type { Model, NodeKind } from "../engine/model.ts";
import type { Status } from "../engine/state.ts";
import type { Book } from "./book.ts";
import { casePath } from "./frame.tsx";
import { sentencesOf } from "./sentences.ts";

const TONES: Record<Status, Tone> = { running: "work", suspended: "calm", ended: "good", terminated: "calm", cancelled: "calm" };

/** Where a case is, or that it stands with an incident. */
export function CaseState({ t, row }: { t: Visit["t"]; row: Pick<CaseRow, "status" | "incidents"> }) {
  if (row.incidents > 0) return <StatusTag tone="bad" text={t("process.pages.incident-tag", { count: row.incidents })} />;
  return <StatusTag tone={TONES[row.status]} text={t(`process.statuses.${row.status}`)} />;
}

/** The number people know a case by, leading to it. */
export function CaseLink({ visit, row }: { visit: Visit; row: Pick<CaseRow, "instance" | "key"> }) {
  return (
    <a href={casePath(visit, row.instance)} class="num">
      {row.key || row.instance.slice(0, 8)}
    </a>
  );
}

/** A deadline, told apart where it is over. */
export function Deadline({ book, visit, at, now }: { book: Book; visit: Visit; at: Date | undefined; now: Date }) {
  if (!at) return <>—</>;
  return (
    <>
      <time dateTime={at.toISOString()}>{book.when(visit.language, at)}</time>
      {at < now && (
        <>
          {" "}
          <StatusTag tone="bad" text={visit.t("process.pages.over")} />
        </>
      )}
    </>
  );
}

/** Diagrams of an edition with what is marked on them, and the same as a list of steps. */
export function Diagrams(given: {
  book: Book;
  visit: Visit;
  process: string;
  drawings: readonly Drawing[];
  title: string;
  nodes?: ReadonlyMap<string, Mark>;
  flows?: ReadonlyMap<string, Mark>;
  id?: string;
}): VNode {
  const { book, visit, process, drawings, title, nodes, flows, id = "drawing" } = given;
  const { t, language } = visit;
  const nameOf = book.stepName(process, language);
  if (drawings.length === 0) return <EmptyState text={t("process.pages.no-drawing")} />;
  return (
    <>
      {drawings.map((drawing, index) =>
        drawProcess(drawing, {
          t,
          title: index === 0 ? title : `${title}: ${nameOf(drawing.id, drawing.name)}`,
          id: `${id}-${index + 1}`,
          nameOf,
          ...(nodes && { nodes }),
          ...(flows && { flows }),
        }),
      )}
      <details class="drawing-words">
        <summary>{t("process.pages.in-words")}</summary>
        {drawings.map((drawing) => (
          <StepList steps={outlineOf(drawing, nameOf)} t={t} {...(nodes && { nodes })} />
        ))}
      </details>
    </>
  );
}

/** Names of steps and ways of an edition in the language of the page. */
export function namesIn(given: { book: Book; visit: Visit; model: Model | undefined; drawings: readonly Drawing[] }) {
  const { book, visit, model, drawings } = given;
  const nameOf = book.stepName(model?.process ?? "", visit.language);
  const drawn = new Map(
    drawings.flatMap(({ shapes, edges }) => [...shapes, ...edges].map(({ id, name }) => [id, name] as const)),
  );
  const flows = new Map((model?.flows ?? []).map(({ id, name }) => [id, name]));
  const plain = (name: string) => name.replaceAll(/\s+/g, " ").trim();
  return {
    stepOf(id: string): string {
      const at = model?.nodeOf.get(id);
      const name = (at === undefined ? undefined : model?.nodes[at]?.name) || drawn.get(id) || "";
      return plain(nameOf(id, name)) || id;
    },
    kindOf(id: string): NodeKind | undefined {
      const at = model?.nodeOf.get(id);
      return at === undefined ? undefined : model?.nodes[at]?.kind;
    },
    flowOf: (id: string): string => plain(nameOf(id, flows.get(id) ?? drawn.get(id) ?? "")),
  };
}

export type Names = ReturnType<typeof namesIn>;

/** Names for each of several editions, by their hashes. */
export async function namesOf(book: Book, visit: Visit, hashes: readonly string[]): Promise<(hash: string) => Names> {
  const known = new Map<string, Names>();
  for (const hash of new Set(hashes)) {
    const [model, drawings] = await Promise.all([book.modelOf(hash), book.drawingsOf(hash)]);
    known.set(hash, namesIn({ book, visit, model, drawings }));
  }
  const none = namesIn({ book, visit, model: undefined, drawings: [] });
  return (hash) => known.get(hash) ?? none;
}

interface HistoryShown {
  book: Book;
  visit: Visit;
  process: string;
  names: Names;
  history: readonly Recorded[];
  all: boolean;
}

/** A page of so many lines is as much as anyone reads. */
const MOST_LINES = 300;

/** The record of a case as sentences; of a very long one the end, until all of it is asked for. */
export function History(given: HistoryShown): VNode {
  const { book, visit, process, names, history, all } = given;
  const told = sentencesOf({ book, visit, ...names, actOf: book.actOf(process, visit.language) }, { history, all });
  const sentences = all ? told : told.slice(-MOST_LINES);
  if (sentences.length === 0) return <EmptyState text={visit.t("process.pages.case.no-history")} />;
  return (
    <>
      {told.length > sentences.length && (
        <p class="small">{visit.t("process.pages.case.earlier", { count: told.length - sentences.length })}</p>
      )}
      <Timeline
        entries={sentences.map(({ at, text, more }) => ({
          at,
          when: book.when(visit.language, at),
          text: (
            <>
              {text}
              {more.map((line) => (
                <small>{line}</small>
              ))}
            </>
          ),
        }))}
      />
    </>
  );
}

/** A number with a bar below it: how it compares with the largest of its column. */
export function Counted({ text, value, most }: { text: string; value: number; most: number }) {
  const share = most <= 0 ? 0 : Math.max(1, Math.round((value / most) * 100));
  return (
    <>
      {text}
      <svg class="process-meter" viewBox="0 0 100 10" width="100" height="10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="10" />
        <rect class="value" width={share} height="10" />
      </svg>
    </>
  );
}
