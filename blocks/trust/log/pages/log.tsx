import { formatInstant, formatNumber } from "@kerege/kernel/format";
import { AppShell, EmptyState, Facts, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";
import type { VNode } from "preact";
import { LongWord } from "../../pages/long-word.tsx";
import type { LogView } from "../log.ts";
import type { WitnessState } from "../store.ts";

/** How the log of the state stands, who watches it, and how to check it oneself. */
export function LogPage({ visit, timeZone, view }: { visit: Visit; timeZone: string; view: LogView }): VNode {
  const { language, t } = visit;
  const instant = (at: Date) => formatInstant(language, at, timeZone);
  return (
    <AppShell visit={visit} title={t("trust.log.title")}>
      <h1>{t("trust.log.title")}</h1>
      <p class="lead">{t("trust.log.lead")}</p>
      <Facts
        rows={[
          { name: t("trust.log.size"), value: formatNumber(language, view.size) },
          { name: t("trust.log.root"), value: <LongWord text={view.root.toString("base64")} /> },
          { name: t("trust.log.at"), value: instant(view.at) },
          { name: t("trust.log.origin"), value: <LongWord text={view.origin} /> },
        ]}
      />
      <h2>{t("trust.log.witnesses.title")}</h2>
      <p>{t("trust.log.witnesses.lead", { quorum: view.quorum })}</p>
      {view.witnesses.length === 0 ? (
        <EmptyState text={t("trust.log.witnesses.none")} />
      ) : (
        <StackTable
          caption={t("trust.log.witnesses.title")}
          columns={["name", "at", "size", "state"].map((column) => t(`trust.log.witnesses.${column}`))}
          rows={view.witnesses.map(({ name, heard }) => [
            <LongWord text={name} />,
            heard ? instant(heard.at) : "–",
            heard ? formatNumber(language, heard.size) : "–",
            <StatusTag tone={toneOf(heard?.state)} text={t(`trust.log.states.${heard?.state ?? "not-asked"}`)} />,
          ])}
        />
      )}
      <p>
        <a href={`/${language}/log/monitor`}>{t("trust.log.monitor.title")}</a>
      </p>
      <h2>{t("trust.log.check.title")}</h2>
      <ol>
        <li>{t("trust.log.check.proof")}</li>
        <li>
          {t("trust.log.check.anchors")} <a href="/trust/anchors.pem">/trust/anchors.pem</a>
        </li>
        <li>
          {t("trust.log.check.verify")} <code>kerege verify FILE.kerege-proof.json --anchors anchors.pem</code>
        </li>
      </ol>
      <p>
        {t("trust.log.check.programs")} <a href="/log/checkpoint">/log/checkpoint</a>, <a href="/log/keys">/log/keys</a>,{" "}
        <code>/log/tile/…</code>, <code>/log/proof?from=…&amp;to=…</code>
      </p>
    </AppShell>
  );
}

function toneOf(state: WitnessState | undefined): "good" | "bad" | "work" | "calm" {
  if (state === "agrees") return "good";
  if (state === undefined) return "calm";
  return state === "silent" ? "work" : "bad";
}
