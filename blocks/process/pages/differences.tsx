import { BackLink, EmptyState, StackTable, StatusTag, type Tone } from "@kerege/kernel/page";
import type { EditionView } from "../door.ts";
import { type Difference, marksOf } from "../drawing/compare.ts";
import type { Drawing } from "../drawing/drawing.ts";
import type { Model } from "../engine/model.ts";
import type { Book } from "./book.ts";
import { editionPath, ProcessPage } from "./frame.tsx";
import { Diagrams, type Names, namesIn } from "./parts.tsx";
import type { Seat } from "./seat.ts";

const TONES: Record<Difference["kind"], Tone> = { added: "good", removed: "bad", changed: "work" };

interface Side {
  edition: EditionView;
  model: Model;
  drawings: readonly Drawing[];
}

/** What one edition says otherwise than another: a list, and both drawings with what is gone and what is new. */
export function DifferencesPage({
  book,
  seat,
  before,
  after,
  differences,
}: {
  book: Book;
  seat: Seat;
  before: Side;
  after: Side;
  differences: Difference[];
}) {
  const { visit } = seat;
  const { t, language } = visit;
  const title = t("process.pages.differences.title");
  const process = after.edition.process;
  const old = namesIn({ book, visit, model: before.model, drawings: before.drawings });
  const names = namesIn({ book, visit, model: after.model, drawings: after.drawings });
  const nameOf = (one: Difference) => {
    const side = one.kind === "removed" ? old : names;
    const name =
      one.of === "node"
        ? side.stepOf(one.id)
        : side.flowOf(one.id) || wayName(one, one.kind === "removed" ? before.model : after.model, side);
    return name || one.id;
  };
  return (
    <ProcessPage seat={seat} title={title} here="editions">
      <BackLink href={editionPath(visit, after.edition.model)} text={book.processName(process, language)} />
      <h1>{title}</h1>
      <p class="lead">
        {t("process.pages.differences.lead", {
          process: book.processName(process, language),
          before: before.edition.model.slice(0, 8),
          after: after.edition.model.slice(0, 8),
        })}
      </p>
      {differences.length === 0 ? (
        <EmptyState text={t(`process.pages.differences.${before.edition.model === after.edition.model ? "none" : "bound"}`)} />
      ) : (
        <StackTable
          caption={title}
          columns={["what", "how", "aspects"].map((column) => t(`process.pages.differences.${column}`))}
          rows={differences.map((one) => [
            <>
              {nameOf(one)}
              <small>{t(`process.pages.differences.of-${one.of}`)}</small>
            </>,
            <StatusTag tone={TONES[one.kind]} text={t(`process.drawing.states.${one.kind}`)} />,
            one.aspects.length === 0
              ? "—"
              : one.aspects.map((aspect) => t(`process.pages.differences.aspect.${aspect}`)).join(", "),
          ])}
        />
      )}
      <h2>{t("process.pages.differences.after", { edition: after.edition.model.slice(0, 8) })}</h2>
      <Diagrams
        book={book}
        process={process}
        visit={visit}
        drawings={after.drawings}
        title={t("process.pages.differences.after", { edition: after.edition.model.slice(0, 8) })}
        id="after"
        {...marksOf(differences, "after")}
      />
      <h2>{t("process.pages.differences.before", { edition: before.edition.model.slice(0, 8) })}</h2>
      <Diagrams
        book={book}
        process={process}
        visit={visit}
        drawings={before.drawings}
        title={t("process.pages.differences.before", { edition: before.edition.model.slice(0, 8) })}
        id="before"
        {...marksOf(differences, "before")}
      />
    </ProcessPage>
  );
}

/** A way without a name is known by its ends. */
function wayName({ id }: Difference, model: Model, names: Names): string {
  const flow = model.flows.find((one) => one.id === id);
  return flow ? `${names.stepOf(model.nodes[flow.from]!.id)} → ${names.stepOf(model.nodes[flow.to]!.id)}` : "";
}
