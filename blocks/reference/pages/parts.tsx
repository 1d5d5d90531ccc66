import { formatDate } from "@kerege/kernel/format";
import type { Language } from "@kerege/kernel/locale";
import { safeHref, type Visit } from "@kerege/kernel/page";
import type { Act, Item, Source } from "../declaration.ts";
import type { Pair } from "../door.ts";

/** Since when, or from when until when; days before anyone asks are not told. */
export function termText({ t, language }: Visit, { from, until }: { from: string; until?: string }): string {
  const values = { from: formatDate(language, from), until: until === undefined ? "" : formatDate(language, until) };
  if (from <= "1900-01-01") return until === undefined ? t("reference.pages.always") : t("reference.pages.until", values);
  return until === undefined ? t("reference.pages.since", values) : t("reference.pages.term", values);
}

/** A name in the reader's language; a borrowed one is marked with the language it is in. */
export function ItemName({ visit, item }: { visit: Visit; item: Item }) {
  const { language, t } = visit;
  const name = item.name[language];
  if (!item.borrowed?.includes(language)) return <>{name}</>;
  const own = (["ky", "ru", "kk", "en"] as Language[]).find((one) => !item.borrowed!.includes(one) && item.name[one] === name);
  return (
    <>
      <span lang={own}>{name}</span> <small>{t("reference.pages.borrowed")}</small>
    </>
  );
}

export function SourceText({ visit, source }: { visit: Visit; source: Source }) {
  return (
    <>
      <p>
        {source.url ? <a href={safeHref(source.url)}>{source.title}</a> : source.title}. {visit.t("reference.pages.licence")}:{" "}
        {source.licence}
      </p>
      {source.note && (
        <p class="small" lang="en">
          {source.note}
        </p>
      )}
    </>
  );
}

export function ActText({ visit, act }: { visit: Visit; act: Act }) {
  const { language } = visit;
  const title = act.title[language];
  return (
    <>
      {act.url ? <a href={safeHref(act.url)}>{title}</a> : title}
      {act.number && `, № ${act.number}`}
      {act.day && `, ${formatDate(language, act.day)}`}
    </>
  );
}

/** A line of a mapping with the name of each side, as its own edition has it. */
export interface NamedPair extends Pair {
  fromName: string;
  toName: string;
}

/** What became of a code, in words. */
export function PairText({ visit, pair }: { visit: Visit; pair: NamedPair }) {
  const { t, language } = visit;
  const share = pair.share === undefined ? "" : ` (${Math.round(pair.share * 1000) / 10} %)`;
  const left = pair.from === "" ? "—" : `${pair.from} ${pair.fromName}`;
  const right = pair.to === "" ? "—" : `${pair.to} ${pair.toName}`;
  return (
    <>
      {t(`reference.pair.${pair.kind}`)}: {left} → {right}
      {share}
      {pair.note && <small> {pair.note[language]}</small>}
    </>
  );
}
