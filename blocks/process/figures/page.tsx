import { formatMoney, formatNumber } from "@kerege/kernel/format";
import { EmptyState, Facts, Input, StackTable } from "@kerege/kernel/page";
import type { EditionView } from "../door.ts";
import { withQuery } from "../pages/answer.ts";
import type { Book } from "../pages/book.ts";
import { ProcessPage, pathOf, Select } from "../pages/frame.tsx";
import type { Seat } from "../pages/seat.ts";
import { Chart } from "./chart.tsx";
import type { Figures, Spread, StepFigures } from "./figures.ts";

/** What is looked at, as it stands in the address. */
export interface FiguresAsked {
  process: string;
  edition: string;
  month: string;
  /** Cost of an hour of an official as it was typed, in the currency of the country. */
  hour: string;
}

export interface FiguresShown {
  asked: FiguresAsked;
  processes: readonly string[];
  editions: readonly EditionView[];
  months: readonly string[];
  figures?: Figures;
  /** Not all cases were looked at. */
  cut: boolean;
  /** Name of a step, and whether it is one of those people wait at or work on. */
  stepName(node: string): string;
  /** Role of the officials of a step. */
  roleOf(node: string): string | undefined;
  hourFault?: string;
}

const MOST_BARS = 12;

/** How a process runs: where cases wait, who has work with them, what comes of it. */
export function FiguresPage({ book, seat, shown }: { book: Book; seat: Seat; shown: FiguresShown }) {
  const { visit } = seat;
  const { t } = visit;
  const { asked, figures, processes } = shown;
  return (
    <ProcessPage seat={seat} title={t("process.pages.figures.title")} here="figures">
      <h1>{t("process.pages.figures.title")}</h1>
      <p class="lead">{t("process.figures.lead")}</p>
      {processes.length === 0 ? (
        <EmptyState text={t("process.figures.no-process")} />
      ) : (
        <Filter book={book} seat={seat} shown={shown} />
      )}
      {figures && figures.cases === 0 && <EmptyState text={t("process.figures.none")} />}
      {figures && figures.cases > 0 && <Result seat={seat} book={book} shown={shown} figures={figures} />}
      {figures && figures.cases > 0 && (
        <>
          <h2>{t("process.figures.export")}</h2>
          <p>{t("process.figures.export-lead")}</p>
          <p class="process-ways">
            {(["xes", "csv"] as const).map((kind) => (
              <a href={withQuery(`${pathOf(visit, "figures")}.${kind}`, { ...asked, hour: "" })} download>
                {t(`process.figures.${kind}`)}
              </a>
            ))}
          </p>
        </>
      )}
    </ProcessPage>
  );
}

function Filter({ book, seat, shown }: { book: Book; seat: Seat; shown: FiguresShown }) {
  const { t, language } = seat.visit;
  const { asked, editions, months, processes, hourFault } = shown;
  const all = { value: "", label: t("process.figures.all") };
  const own = editions.filter(({ process }) => process === asked.process);
  return (
    <form method="get" class="process-filter">
      <Select
        {...{ t, id: "process", name: "process", label: t("process.figures.process"), value: asked.process }}
        options={processes.map((value) => ({ value, label: book.processName(value, language) }))}
      />
      <Select
        {...{ t, id: "edition", name: "edition", label: t("process.figures.edition"), value: asked.edition }}
        options={[
          all,
          ...own.map(({ model, validFrom }) => ({
            value: model,
            label: [model.slice(0, 8), validFrom].filter(Boolean).join(", "),
          })),
        ]}
      />
      <Select
        {...{ t, id: "month", name: "month", label: t("process.figures.month"), value: asked.month }}
        options={[all, ...months.map((value) => ({ value, label: value.split("-").reverse().join(".") }))]}
      />
      <Input
        {...{
          t,
          id: "hour",
          name: "hour",
          label: t("process.figures.hour", { currency: book.means.country.currency }),
          value: asked.hour,
        }}
        inputmode="decimal"
        width="short"
        {...(hourFault !== undefined && { error: hourFault })}
      />
      <button class="button" type="submit">
        {t("process.figures.show")}
      </button>
    </form>
  );
}

function Result({ seat, book, shown, figures }: { seat: Seat; book: Book; shown: FiguresShown; figures: Figures }) {
  const { t, language } = seat.visit;
  const { stepName, cut } = shown;
  const number = (value: number) => formatNumber(language, Math.round(value * 10) / 10);
  const share = (part: number, whole: number) => `${number(whole === 0 ? 0 : (part / whole) * 100)} %`;
  const days = ({ mean, half, nineTenths }: Spread) =>
    t("process.figures.spread", { half: number(half), mean: number(mean), tenths: number(nineTenths) });
  const { bottleneck } = figures;
  const people = figures.steps.filter(({ stays }) => stays > 0).sort((a, b) => b.waiting.sum - a.waiting.sum);
  const waiting = people.filter(({ waiting: { sum } }) => sum > 0).slice(0, MOST_BARS);
  return (
    <>
      {cut && <p class="hint">{t("process.figures.cut", { cases: formatNumber(language, figures.cases) })}</p>}
      {bottleneck && (
        <p class="figures-main">
          <b>
            {t("process.figures.bottleneck", {
              step: stepName(bottleneck.node),
              days: number(bottleneck.days),
              share: share(bottleneck.share, 1),
            })}
          </b>
        </p>
      )}
      <Facts
        rows={[
          {
            name: t("process.figures.cases"),
            value: t("process.figures.cases-ended", { cases: figures.cases, ended: figures.ended }),
          },
          { name: t("process.figures.through"), value: days(figures.through) },
          { name: t("process.figures.without-human"), value: share(figures.withoutHuman, figures.ended) },
          { name: t("process.figures.looped"), value: share(figures.looped, figures.cases) },
          { name: t("process.figures.work"), value: t("process.figures.hours", { hours: number(figures.minutes / 60) }) },
          ...(figures.cost > 0
            ? [{ name: t("process.figures.cost"), value: formatMoney(language, figures.cost, book.means.country.currency) }]
            : []),
        ]}
      />
      <h2>{t("process.figures.steps")}</h2>
      <Chart
        id="waiting"
        title={t("process.figures.waiting-chart")}
        rows={waiting.map(({ node, waiting: { sum } }) => ({ label: stepName(node), values: [sum], written: [number(sum)] }))}
      />
      <StackTable
        caption={t("process.figures.steps")}
        columns={["step", "visits", "again", "waiting", "working", "incidents"].map((column) =>
          t(`process.figures.columns.${column}`),
        )}
        rows={people.map((step) => [
          stepName(step.node),
          number(step.visits),
          number(step.again),
          days(step.waiting),
          step.working.sum === 0 ? "–" : days(step.working),
          number(step.incidents),
        ])}
      />
      <Load seat={seat} book={book} shown={shown} steps={figures.steps} />
      {figures.refusals.length > 0 && (
        <>
          <h2>{t("process.figures.refusals")}</h2>
          <StackTable
            caption={t("process.figures.refusals")}
            columns={["decision", "rule", "cases"].map((column) => t(`process.figures.columns.${column}`))}
            rows={figures.refusals.map(({ decision, rule, cases }) => [decision, rule, number(cases)])}
          />
        </>
      )}
    </>
  );
}

/** What each desk had to do: the work of its steps together. */
function Load({ seat, book, shown, steps }: { seat: Seat; book: Book; shown: FiguresShown; steps: readonly StepFigures[] }) {
  const { t, language } = seat.visit;
  const desks = new Map<string, { visits: number; minutes: number }>();
  for (const { node, visits, working } of steps) {
    const role = shown.roleOf(node);
    if (role === undefined) continue;
    const desk = desks.get(role) ?? { visits: 0, minutes: 0 };
    desks.set(role, { visits: desk.visits + visits, minutes: desk.minutes + working.sum });
  }
  if (desks.size === 0) return null;
  const number = (value: number) => formatNumber(language, Math.round(value * 10) / 10);
  return (
    <>
      <h2>{t("process.figures.load")}</h2>
      <StackTable
        caption={t("process.figures.load")}
        columns={["desk", "visits", "hours"].map((column) => t(`process.figures.columns.${column}`))}
        rows={[...desks]
          .sort(([, a], [, b]) => b.minutes - a.minutes)
          .map(([role, { visits, minutes }]) => [book.role(role, language), number(visits), number(minutes / 60)])}
      />
    </>
  );
}
