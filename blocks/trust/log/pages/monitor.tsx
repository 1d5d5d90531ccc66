import { formatInstant, formatNumber } from "@kerege/kernel/format";
import { AppShell, EmptyState, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";
import type { VNode } from "preact";
import { LongWord } from "../../pages/long-word.tsx";
import type { LogView } from "../log.ts";
import type { SeenCheckpoint } from "../store.ts";

/** What the log has shown to the world, checkpoint by checkpoint, and how to watch it from outside. */
export function MonitorPage(given: {
  visit: Visit;
  timeZone: string;
  view: LogView;
  checkpoints: SeenCheckpoint[];
  /** The next older one, where there is one. */
  before: SeenCheckpoint | undefined;
}): VNode {
  const { visit, timeZone, view, checkpoints, before } = given;
  const { language, t } = visit;
  const instant = (at: Date) => formatInstant(language, at, timeZone);
  const older = (index: number) => checkpoints[index + 1] ?? before;
  return (
    <AppShell visit={visit} title={t("trust.log.monitor.title")}>
      <p>
        <a href={`/${language}/log`}>{t("trust.log.title")}</a>
      </p>
      <h1>{t("trust.log.monitor.title")}</h1>
      <p class="lead">{t("trust.log.monitor.lead")}</p>
      {checkpoints.length === 0 ? (
        <EmptyState text={t("trust.log.monitor.none")} />
      ) : (
        <StackTable
          caption={t("trust.log.monitor.title")}
          columns={["at", "size", "grown", "confirmed"].map((column) => t(`trust.log.monitor.${column}`))}
          rows={checkpoints.map(({ at, size, lines }, index) => [
            instant(at),
            formatNumber(language, size),
            formatNumber(language, size - (older(index)?.size ?? 0)),
            <StatusTag
              tone={lines.length >= view.quorum ? "good" : "work"}
              text={t("trust.log.monitor.witnesses", { count: lines.length, of: view.witnesses.length })}
            />,
          ])}
        />
      )}
      {before && (
        <p>
          <a href={`?below=${checkpoints.at(-1)!.size}`} rel="next">
            {t("trust.log.monitor.older")}
          </a>
        </p>
      )}
      <h2>{t("trust.log.monitor.own")}</h2>
      <p>{t("trust.log.monitor.own-lead")}</p>
      <p>
        <LongWord text={`kerege monitor ADDRESS --key ${view.verifierKey} --every 60`} />
      </p>
      <p>
        {t("trust.log.check.programs")} <a href="/log/checkpoints">/log/checkpoints</a>
      </p>
    </AppShell>
  );
}
