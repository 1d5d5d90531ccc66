import { formatDate, formatNumber } from "@kerege/kernel/format";
import {
  BackLink,
  Choices,
  EmptyState,
  Input,
  LinkList,
  Outcome,
  StackTable,
  StatusTag,
  type Tone,
  type Visit,
} from "@kerege/kernel/page";
import { Chart } from "../figures/chart.tsx";
import type { Book } from "../pages/book.ts";
import { type Faults, Faulty, ProcessPage, pathOf, Select } from "../pages/frame.tsx";
import type { Seat } from "../pages/seat.ts";
import { typedPlace, writtenPlace } from "./places.ts";
import type { FormerEdition, SimulationSource } from "./source.ts";
import { type ReportTable, reportSentence, reportTables, type Words } from "./tables.ts";
import type { Trial } from "./trials.ts";

const TONES: Record<Trial["state"], Tone> = { waiting: "calm", running: "work", done: "good", faulty: "bad", broken: "bad" };

/** Regulations that can be tried, and what was tried lately. */
export function SimulationsPage(given: {
  book: Book;
  seat: Seat;
  sources: readonly SimulationSource[];
  recent: readonly Trial[];
}) {
  const { book, seat, sources, recent } = given;
  const { visit } = seat;
  const { t, language } = visit;
  const here = pathOf(visit, "simulations");
  const titleOf = (name: string) => sources.find((source) => source.name === name)?.title[language] ?? name;
  return (
    <ProcessPage seat={seat} title={t("process.pages.simulations.title")} here="simulations">
      <h1>{t("process.pages.simulations.title")}</h1>
      <p class="lead">{t("process.simulating.lead")}</p>
      <h2>{t("process.simulating.choose")}</h2>
      {sources.length === 0 ? (
        <EmptyState text={t("process.simulating.no-source")} />
      ) : (
        <LinkList
          links={sources.map(({ name, title, adjustables }) => ({
            href: `${here}/of/${encodeURIComponent(name)}`,
            title: title[language],
            text: t("process.simulating.places", { count: adjustables.length }),
          }))}
        />
      )}
      <h2>{t("process.simulating.recent")}</h2>
      {recent.length === 0 ? (
        <EmptyState text={t("process.simulating.none")} />
      ) : (
        <StackTable
          caption={t("process.simulating.recent")}
          columns={["what", "moved", "when", "state"].map((column) => t(`process.simulating.columns.${column}`))}
          rows={recent.map((trial) => [
            <a href={`${here}/${trial.id}`}>{titleOf(trial.source)}</a>,
            movedTo(trial, sources, visit) || "–",
            book.when(language, new Date(trial.at)),
            <StatusTag tone={TONES[trial.state]} text={t(`process.simulating.states.${trial.state}`)} />,
          ])}
        />
      )}
    </ProcessPage>
  );
}

/** New values of a trial in words. */
function movedTo(trial: Trial, sources: readonly SimulationSource[], visit: Visit): string {
  const places = sources.find(({ name }) => name === trial.source)?.adjustables ?? [];
  return Object.entries(trial.moves)
    .map(([place, to]) => writtenPlace(places.find(({ name }) => name === place)?.kind ?? "number", to, visit))
    .join(", ");
}

/** What stands in the form: a value for each place, over which cases, how many. */
export interface Wanted {
  values: Readonly<Record<string, string>>;
  over: string;
  cases: string;
  /** Edition it is compared with; empty for the one that is installed. */
  from: string;
}

/** A regulation with its numbers, days and spans, each to be moved. */
export function TryPage(given: {
  seat: Seat;
  source: SimulationSource;
  editions: readonly FormerEdition[];
  wanted: Wanted;
  faults: Faults;
}) {
  const { seat, source, editions, wanted, faults } = given;
  const { visit } = seat;
  const { t, language } = visit;
  const title = source.title[language];
  const words = source.words(language);
  return (
    <ProcessPage seat={seat} title={title} here="simulations">
      <BackLink href={pathOf(visit, "simulations")} text={t("process.pages.simulations.title")} />
      {Object.keys(faults).length > 0 && <Faulty visit={visit} faults={faults} />}
      <h1>{title}</h1>
      <form method="post">
        <h2>{t("process.simulating.move")}</h2>
        {source.adjustables.length === 0 && <EmptyState text={t("process.simulating.no-places")} />}
        {source.adjustables.map(({ name, kind, value, of, text }, index) => {
          const id = `place-${index}`;
          const error = faults[id];
          return (
            <Input
              {...{ t, id, name: `move.${name}`, value: wanted.values[name] ?? typedPlace(kind, value).value }}
              label={`${(words.rule?.(of) ?? of).replace(/\.$/, "")}: ${t(`process.simulating.kinds.${typedPlace(kind, value).unit}`)}`}
              hint={text}
              width="short"
              spellcheck={false}
              {...(error !== undefined && { error })}
            />
          );
        })}
        {editions.length > 0 && (
          <Select
            {...{ t, id: "from", name: "from", label: t("process.simulating.from"), value: wanted.from }}
            options={[
              { value: "", label: t("process.simulating.installed") },
              ...editions.map(({ name, validFrom }) => ({ value: name, label: editionTitle(name, validFrom, visit) })),
            ]}
          />
        )}
        {source.invents && (
          <Choices
            {...{ t, id: "over", name: "over", label: t("process.simulating.over"), value: wanted.over }}
            options={["past", "invented"].map((value) => ({ value, label: t(`process.simulating.${value}`) }))}
          />
        )}
        <Input
          {...{ t, id: "cases", name: "cases", label: t("process.simulating.cases"), value: wanted.cases }}
          inputmode="numeric"
          width="short"
          {...(faults.cases !== undefined && { error: faults.cases })}
        />
        <p class="actions">
          <button class="button" type="submit">
            {t("process.simulating.begin")}
          </button>
        </p>
      </form>
    </ProcessPage>
  );
}

function editionTitle(name: string, validFrom: string | undefined, { language }: Visit): string {
  return validFrom === undefined ? name.slice(0, 8) : `${name.slice(0, 8)}, ${formatDate(language, validFrom)}`;
}

/** How often a page that waits is asked for again, in seconds. */
const AGAIN = 2;

/** One simulation: how far it is, or what came of it. */
export function TrialPage({ book, seat, source, trial }: { book: Book; seat: Seat; source: SimulationSource; trial: Trial }) {
  const { visit } = seat;
  const { t, language } = visit;
  const open = trial.state === "running" || trial.state === "waiting";
  const title = source.title[language];
  return (
    <ProcessPage seat={seat} title={title} here="simulations" {...(open && { refresh: AGAIN })}>
      <BackLink href={pathOf(visit, "simulations")} text={t("process.pages.simulations.title")} />
      <h1>{title}</h1>
      <Moved seat={seat} source={source} trial={trial} />
      {trial.from !== undefined && <p>{t("process.simulating.compared", { edition: trial.from.slice(0, 8) })}</p>}
      {open && (
        <>
          <p role="status">
            {t(`process.simulating.${trial.state === "waiting" ? "waits" : "runs"}`, {
              done: formatNumber(language, trial.done),
              cases: formatNumber(language, trial.cases),
            })}
          </p>
          <progress class="simulation-progress" {...(trial.over === "invented" && { max: trial.cases, value: trial.done })}>
            {trial.done}
          </progress>
          <p>
            <a href={`${pathOf(visit, "simulations")}/${trial.id}`}>{t("process.simulating.again")}</a>
          </p>
        </>
      )}
      {trial.state === "broken" && <Outcome tone="bad" title={t("process.simulating.broken")} />}
      {trial.state === "faulty" && (
        <Outcome tone="bad" title={t("process.simulating.faulty")}>
          <ul>
            {(trial.faults ?? []).map((fault) => (
              <li>{fault}</li>
            ))}
          </ul>
        </Outcome>
      )}
      {trial.report && trial.report.cases === 0 && <EmptyState text={t("process.simulating.no-cases")} />}
      {trial.report && trial.report.cases > 0 && <Result book={book} seat={seat} source={source} trial={trial} />}
      <p>
        <a href={`${pathOf(visit, "simulations")}/of/${encodeURIComponent(source.name)}`}>{t("process.simulating.another")}</a>
      </p>
    </ProcessPage>
  );
}

function Moved({ seat, source, trial }: { seat: Seat; source: SimulationSource; trial: Trial }) {
  const { t, language } = seat.visit;
  const words = source.words(language);
  const moved = source.adjustables.flatMap(({ name, kind, of, value }) => {
    const to = trial.moves[name];
    if (to === undefined || to === value) return [];
    const rule = (words.rule?.(of) ?? of).replace(/\.$/, "");
    return [{ rule, value: writtenPlace(kind, value, seat.visit), to: writtenPlace(kind, to, seat.visit) }];
  });
  if (moved.length === 0) return <p>{t("process.simulating.nothing-moved")}</p>;
  return (
    <ul>
      {moved.map(({ rule, value, to }) => (
        <li>{t("process.simulating.moved", { rule, value, to })}</li>
      ))}
    </ul>
  );
}

function Result({ book, seat, source, trial }: { book: Book; seat: Seat; source: SimulationSource; trial: Trial }) {
  const { t, language } = seat.visit;
  const report = trial.report!;
  const words: Words = {
    language,
    translate: t,
    currency: book.means.country.currency,
    desk: (role) => book.role(role, language),
    ...source.words(language),
  };
  const invented = trial.over === "invented";
  return (
    <>
      <p class="figures-main">
        <b>{reportSentence(report, words)}</b>
      </p>
      <p class="hint">{t(`process.simulating.${invented ? "over-invented" : "over-past"}`, { cases: report.cases })}</p>
      {report.after.unknown > 0 && <p>{t("process.simulation.unknown-note", { cases: report.after.unknown })}</p>}
      <div class="process-halves">
        {reportTables(report, words).map((table) => (
          <Table seat={seat} table={table} />
        ))}
      </div>
      <p class="hint">{t("process.simulation.small-groups", { least: report.least })}</p>
    </>
  );
}

function Table({ seat, table }: { seat: Seat; table: ReportTable }) {
  const { t, language } = seat.visit;
  const number = (value: number) => formatNumber(language, Math.round(value * 10) / 10);
  const numbers = <StackTable caption={table.title} columns={[...table.head]} rows={table.rows.map((row) => [...row])} />;
  return (
    <section>
      <h2>{table.title}</h2>
      {table.bars ? (
        <>
          <Chart
            id={`chart-${table.name}`}
            title={table.title}
            series={[t("process.simulation.now"), t("process.simulation.then")]}
            rows={table.bars
              .filter(({ before, after }) => before > 0 || after > 0)
              .map(({ label, before, after }) => ({
                label,
                values: [before, after],
                written: [number(before), number(after)],
              }))}
          />
          <details class="figures-numbers">
            <summary>{t("process.simulating.numbers")}</summary>
            {numbers}
          </details>
        </>
      ) : (
        numbers
      )}
    </section>
  );
}
