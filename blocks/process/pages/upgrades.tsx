import { formatNumber } from "@kerege/kernel/format";
import { BackLink, EmptyState, Facts, StackTable, StatusTag } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { Upgrade, UpgradePreview, UpgradeState } from "../door.ts";
import { ReasonField } from "./acting.tsx";
import type { Book } from "./book.ts";
import { editionPath, type Faults, Faulty, ProcessPage, pathOf } from "./frame.tsx";
import { CaseLink, type Names } from "./parts.tsx";
import type { Seat } from "./seat.ts";

function UpgradeTag({
  seat: {
    visit: { t },
  },
  one,
}: {
  seat: Seat;
  one: UpgradeState;
}) {
  if (one.undoneAt) return <StatusTag tone="calm" text={t("process.pages.upgrades.undone")} />;
  if (one.appliedAt) return <StatusTag tone="good" text={t("process.pages.upgrades.applied")} />;
  return <StatusTag tone="work" text={t("process.pages.upgrades.declared")} />;
}

/** Declared migrations of live cases, with what was done of each. */
export function UpgradesPage({ book, seat, upgrades }: { book: Book; seat: Seat; upgrades: UpgradeState[] }) {
  const { visit } = seat;
  const { t, language } = visit;
  return (
    <ProcessPage seat={seat} title={t("process.pages.upgrades.title")} here="upgrades">
      <h1>{t("process.pages.upgrades.title")}</h1>
      <p class="lead">{t("process.pages.upgrades.lead")}</p>
      {upgrades.length === 0 ? (
        <EmptyState text={t("process.pages.upgrades.none")} />
      ) : (
        <StackTable
          caption={t("process.pages.upgrades.title")}
          columns={["upgrade", "way", "state", "cases"].map((column) => t(`process.pages.upgrades.${column}`))}
          rows={upgrades.map((one) => [
            <>
              <a href={`${pathOf(visit, "upgrades")}/${encodeURIComponent(one.upgrade)}`}>{one.upgrade}</a>
              <small>{book.processName(one.process, language)}</small>
            </>,
            <Way seat={seat} one={one} />,
            <UpgradeTag seat={seat} one={one} />,
            formatNumber(language, one.cases),
          ])}
        />
      )}
    </ProcessPage>
  );
}

function Way({ seat: { visit }, one }: { seat: Seat; one: Pick<Upgrade, "from" | "to"> }) {
  return (
    <>
      <a href={editionPath(visit, one.from)}>
        <code>{one.from.slice(0, 8)}</code>
      </a>{" "}
      →{" "}
      <a href={editionPath(visit, one.to)}>
        <code>{one.to.slice(0, 8)}</code>
      </a>
    </>
  );
}

export interface UpgradeAsked {
  book: Book;
  seat: Seat;
  state: UpgradeState;
  preview: UpgradePreview;
  /** Names of steps in either edition, by its hash. */
  names(model: string): Names;
  reason: string;
  faults: Faults;
  refused?: Problem;
  done?: { what: "applied" | "undone"; moved: number; left: number };
}

/** What a migration would do to every live case, and the act itself. */
export function UpgradePage({ book, seat, state, preview, names: namesIn, reason, faults, refused, done }: UpgradeAsked) {
  const { visit } = seat;
  const { t, language } = visit;
  const { upgrade, total, ready, left } = preview;
  const [names, target] = [namesIn(upgrade.from), namesIn(upgrade.to)];
  const number = (value: number) => formatNumber(language, value);
  const path = `${pathOf(visit, "upgrades")}/${encodeURIComponent(upgrade.upgrade)}`;
  const law = book.law(upgrade, language);
  const mayUndo = state.appliedAt !== undefined && state.undoneAt === undefined;
  return (
    <ProcessPage seat={seat} title={upgrade.upgrade} here="upgrades">
      {(refused || Object.keys(faults).length > 0) && <Faulty visit={visit} faults={faults} {...(refused && { refused })} />}
      <BackLink href={pathOf(visit, "upgrades")} text={t("process.pages.upgrades.title")} />
      {done && (
        <p class="notice" role="status">
          {t(`process.pages.upgrades.said.${done.what}`, { moved: done.moved, left: done.left })}
        </p>
      )}
      <h1>
        {upgrade.upgrade} <UpgradeTag seat={seat} one={state} />
      </h1>
      <Facts
        rows={[
          { name: t("process.pages.upgrades.way"), value: <Way seat={seat} one={upgrade} /> },
          ...(law === "" ? [] : [{ name: t("process.pages.editions.law"), value: law }]),
          { name: t("process.pages.upgrades.timers"), value: t(`process.pages.upgrades.timers-${upgrade.timers}`) },
          { name: t("process.pages.upgrades.total"), value: number(total) },
          { name: t("process.pages.upgrades.ready"), value: number(ready) },
          { name: t("process.pages.upgrades.left"), value: number(total - ready) },
        ]}
      />
      <p>
        <a href={`${pathOf(visit, "editions")}/${upgrade.from}/differences/${upgrade.to}`}>
          {t("process.pages.upgrades.differences")}
        </a>
      </p>
      <h2>{t("process.pages.upgrades.map")}</h2>
      {Object.keys(upgrade.nodes).length === 0 ? (
        <EmptyState text={t("process.pages.upgrades.same-nodes")} />
      ) : (
        <StackTable
          caption={t("process.pages.upgrades.map")}
          columns={["old", "new"].map((column) => t(`process.pages.upgrades.${column}`))}
          rows={Object.entries(upgrade.nodes).map(([old, now]) => [names.stepOf(old), target.stepOf(now)])}
        />
      )}
      <h2>{t("process.pages.upgrades.left-cases")}</h2>
      {left.length === 0 ? (
        <EmptyState text={t("process.pages.upgrades.none-left")} />
      ) : (
        <StackTable
          caption={t("process.pages.upgrades.left-cases")}
          columns={["case", "why"].map((column) => t(`process.pages.upgrades.${column}`))}
          rows={left.map((one) => [
            <CaseLink visit={visit} row={one} />,
            one.nodes.map(({ node, why }) => `${names.stepOf(node)}: ${t(`process.pages.upgrades.because.${why}`)}`).join("; "),
          ])}
        />
      )}
      <h2>{t(`process.pages.upgrades.${mayUndo ? "undo" : "apply"}`)}</h2>
      <p>{t(`process.pages.upgrades.${mayUndo ? "undo" : "apply"}-lead`)}</p>
      {mayUndo && ready > 0 && <p class="small">{t("process.pages.upgrades.again", { count: ready })}</p>}
      <form method="post" action={path} noValidate>
        <ReasonField t={t} value={reason} fault={faults.reason} />
        <p class="actions">
          {ready > 0 && (
            <button class={mayUndo ? "button quiet" : "button"} name="do" value="apply">
              {t("process.pages.upgrades.apply-do", { count: ready })}
            </button>
          )}
          {mayUndo && (
            <button class="button danger" name="do" value="undo">
              {t("process.pages.upgrades.undo-do", { count: state.cases })}
            </button>
          )}
        </p>
        {ready === 0 && !mayUndo && <p class="small">{t("process.pages.upgrades.nothing")}</p>}
      </form>
    </ProcessPage>
  );
}
