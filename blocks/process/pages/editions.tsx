import { formatDate, formatNumber } from "@kerege/kernel/format";
import { BackLink, EmptyState, Facts, StackTable, StatusTag } from "@kerege/kernel/page";
import type { EditionView } from "../door.ts";
import type { Mark } from "../drawing/draw.tsx";
import type { Drawing } from "../drawing/drawing.ts";
import type { Model } from "../engine/model.ts";
import { withQuery } from "./answer.ts";
import type { Book } from "./book.ts";
import { editionPath, ProcessPage, pathOf } from "./frame.tsx";
import { Validity } from "./overview.tsx";
import { Diagrams, namesIn } from "./parts.tsx";
import type { Seat } from "./seat.ts";

/** Editions of every process: which is law when, which cases still go by which. */
export function EditionsPage({ book, seat, editions }: { book: Book; seat: Seat; editions: EditionView[] }) {
  const { visit } = seat;
  const { t, language } = visit;
  const processes = [...new Set(editions.map(({ process }) => process))].sort();
  return (
    <ProcessPage seat={seat} title={t("process.pages.editions.title")} here="editions">
      <h1>{t("process.pages.editions.title")}</h1>
      <p class="lead">{t("process.pages.editions.lead")}</p>
      {editions.length === 0 && <EmptyState text={t("process.pages.editions.none")} />}
      {processes.map((process) => (
        <section>
          <h2>{book.processName(process, language)}</h2>
          <StackTable
            caption={book.processName(process, language)}
            columns={["hash", "from", "binds", "live", "ended"].map((column) => t(`process.pages.editions.${column}`))}
            rows={editions
              .filter((edition) => edition.process === process)
              .map((edition) => [
                <>
                  <a href={editionPath(visit, edition.model)}>
                    <code>{edition.model.slice(0, 8)}</code>
                  </a>
                  <small>{t("process.pages.editions.published", { when: book.when(language, edition.publishedAt) })}</small>
                  {edition.missing && <StatusTag tone="bad" text={t("process.pages.editions.missing")} />}
                </>,
                <Validity book={book} seat={seat} edition={edition} />,
                t(`process.pages.editions.by-${edition.by}`),
                formatNumber(language, edition.live),
                formatNumber(language, edition.ended),
              ])}
          />
        </section>
      ))}
    </ProcessPage>
  );
}

/** An edition as it is drawn, with the cases at each of its steps. */
export function EditionPage(given: {
  book: Book;
  seat: Seat;
  edition: EditionView;
  others: EditionView[];
  model: Model | undefined;
  drawings: readonly Drawing[];
  atNodes: { node: string; cases: number; since: Date; median: Date }[];
}) {
  const { book, seat, edition, others, model, drawings, atNodes } = given;
  const { visit } = seat;
  const { t, language } = visit;
  const names = namesIn({ book, visit, model, drawings });
  const title = book.processName(edition.process, language);
  const now = book.means.clock.now();
  const law = book.law(edition, language);
  const nodes = new Map(
    atNodes.map(({ node, cases, median }): [string, Mark] => [
      node,
      { count: cases, note: ageText(seat, now.getTime() - median.getTime()) },
    ]),
  );
  return (
    <ProcessPage seat={seat} title={title} here="editions">
      <BackLink href={pathOf(visit, "editions")} text={t("process.pages.editions.title")} />
      <h1>{title}</h1>
      <Facts
        rows={[
          { name: t("process.pages.editions.hash"), value: <code class="process-hash">{edition.model}</code> },
          { name: t("process.pages.editions.from"), value: <Validity book={book} seat={seat} edition={edition} /> },
          { name: t("process.pages.editions.binds"), value: t(`process.pages.editions.by-${edition.by}`) },
          ...(law === "" ? [] : [{ name: t("process.pages.editions.law"), value: law }]),
          {
            name: t("process.pages.editions.live"),
            value: (
              <a href={withQuery(pathOf(visit, "cases"), { model: edition.model })}>{formatNumber(language, edition.live)}</a>
            ),
          },
          { name: t("process.pages.editions.ended"), value: formatNumber(language, edition.ended) },
        ]}
      />
      <h2>{t("process.pages.editions.drawing")}</h2>
      <Diagrams book={book} process={edition.process} visit={visit} drawings={drawings} title={title} nodes={nodes} />
      <h2>{t("process.pages.editions.at-nodes")}</h2>
      {atNodes.length === 0 ? (
        <EmptyState text={t("process.pages.editions.nobody-waits")} />
      ) : (
        <StackTable
          caption={t("process.pages.editions.at-nodes")}
          columns={["step", "cases", "longest", "median"].map((column) => t(`process.pages.editions.${column}`))}
          rows={[...atNodes]
            .sort((a, b) => b.cases - a.cases)
            .map(({ node, cases, since, median }) => [
              node === "" ? t("process.pages.editions.undrawn") : names.stepOf(node),
              node === "" ? (
                formatNumber(language, cases)
              ) : (
                <a href={withQuery(pathOf(visit, "cases"), { model: edition.model, node })}>{formatNumber(language, cases)}</a>
              ),
              book.when(language, since),
              book.when(language, median),
            ])}
        />
      )}
      {others.length > 0 && (
        <>
          <h2>{t("process.pages.editions.compare")}</h2>
          <ul>
            {others.map((other) => (
              <li>
                <a href={`${pathOf(visit, "editions")}/${other.model}/differences/${edition.model}`}>
                  {t("process.pages.editions.compare-with", {
                    edition: other.model.slice(0, 8),
                    day: formatDate(language, other.publishedAt),
                  })}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </ProcessPage>
  );
}

const DAY = 86_400_000;

/** How long, in the largest unit that fits: a badge has room for few letters. */
function ageText({ visit: { t } }: Seat, ms: number): string {
  if (ms >= DAY) return t("process.drawing.days", { count: Math.floor(ms / DAY) });
  if (ms >= 3_600_000) return t("process.drawing.hours", { count: Math.floor(ms / 3_600_000) });
  return t("process.drawing.minutes", { count: Math.max(0, Math.floor(ms / 60_000)) });
}
