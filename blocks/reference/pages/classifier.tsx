import { formatDate } from "@kerege/kernel/format";
import type { Multilingual } from "@kerege/kernel/locale";
import { AppShell, BackLink, EmptyState, Facts, LinkList, StackTable, type Visit } from "@kerege/kernel/page";
import { API } from "../api.ts";
import type { Item } from "../declaration.ts";
import type { EditionHead } from "../door.ts";
import { ActText, ItemName, SourceText, termText } from "./parts.tsx";

export interface ClassifierView {
  name: string;
  title: Multilingual;
  about?: Multilingual;
  owner: string;
  heads: EditionHead[];
  head: EditionHead;
  /** Whether the edition shown is the one in force. */
  current: boolean;
  properties: { name: string; title: Multilingual }[];
  text: string;
  total: number;
  items: { item: Item; below: number }[];
  page: number;
  pages: number;
}

/** A classifier: its top level or what was found, editions, source, files. */
export function ClassifierPage({ visit, view }: { visit: Visit; view: ClassifierView }) {
  const { language, t } = visit;
  const { name, title, about, head, heads } = view;
  const here = `/${language}/reference/${name}`;
  return (
    <AppShell visit={visit} title={title[language]} noSearch>
      <BackLink href={`/${language}/reference`} text={t("reference.pages.title")} />
      <h1>{title[language]}</h1>
      {about && <p class="lead">{about[language]}</p>}
      {!view.current && (
        <p class="notice">
          {t("reference.pages.other-edition", { day: formatDate(language, head.edition) })}{" "}
          <a href={here}>{t("reference.pages.current-edition")}</a>
        </p>
      )}
      <form class="search" role="search" action={here}>
        {!view.current && <input type="hidden" name="edition" value={head.edition} />}
        <label class="search-label" for="q">
          {t("reference.pages.search")}
        </label>
        <div class="search-row">
          <input id="q" name="q" type="search" value={view.text} maxLength={200} autocomplete="off" spellcheck={false} />
          <button>{t("reference.pages.find")}</button>
        </div>
      </form>
      {view.text !== "" && <h2 aria-live="polite">{t("reference.pages.found", { count: view.total })}</h2>}
      {view.items.length === 0 ? (
        <EmptyState text={t("reference.pages.nothing")}>
          <p>
            <a href={here}>{t("reference.pages.whole")}</a>
          </p>
        </EmptyState>
      ) : (
        <ItemTable visit={visit} view={view} />
      )}
      <Pages visit={visit} view={view} />
      <h2>{t("reference.pages.about")}</h2>
      <Facts
        rows={[
          { name: t("reference.pages.owner"), value: view.owner },
          { name: t("reference.pages.in-force"), value: termText(visit, { from: head.validFrom, until: head.validUntil }) },
          ...(head.act ? [{ name: t("reference.pages.act"), value: <ActText visit={visit} act={head.act} /> }] : []),
          { name: t("reference.pages.source"), value: <SourceText visit={visit} source={head.source} /> },
        ]}
      />
      {heads.length > 1 && <Editions visit={visit} view={view} />}
      <h2>{t("reference.pages.files")}</h2>
      <LinkList
        links={[
          { href: `${API}/classifiers/${name}/items.csv?edition=${head.edition}`, title: t("reference.pages.csv") },
          { href: `${API}/classifiers/${name}/items?edition=${head.edition}&limit=1000`, title: t("reference.pages.json") },
          {
            href: `/reference/${name}/feed.atom?language=${language}`,
            title: t("reference.pages.feed"),
            text: t("reference.pages.feed-about"),
          },
        ]}
      />
    </AppShell>
  );
}

function ItemTable({ visit, view }: { visit: Visit; view: ClassifierView }) {
  const { language, t } = visit;
  const edition = view.current ? "" : `?edition=${view.head.edition}`;
  return (
    <StackTable
      caption={view.title[language]}
      columns={[t("reference.pages.code"), t("reference.pages.name"), ...view.properties.map(({ title }) => title[language])]}
      rows={view.items.map(({ item, below }) => [
        <a href={`/${language}/reference/${view.name}/codes/${encodeURIComponent(item.code)}${edition}`}>{item.code}</a>,
        <>
          <ItemName visit={visit} item={item} />
          {below > 0 && <small>{t("reference.pages.below", { count: below })}</small>}
        </>,
        ...view.properties.map(({ name }) => item.properties?.[name] ?? "—"),
      ])}
    />
  );
}

function Pages({ visit, view }: { visit: Visit; view: ClassifierView }) {
  const { t } = visit;
  if (view.pages < 2) return null;
  const href = (page: number) => {
    const query = new URLSearchParams({
      ...(view.text !== "" && { q: view.text }),
      ...(!view.current && { edition: view.head.edition }),
      ...(page > 1 && { page: String(page) }),
    });
    return `/${visit.language}/reference/${view.name}${query.size > 0 ? `?${query}` : ""}`;
  };
  return (
    <nav class="actions" aria-label={t("reference.pages.pages")}>
      {view.page > 1 && (
        <a class="button quiet" rel="prev" href={href(view.page - 1)}>
          {t("reference.pages.previous")}
        </a>
      )}
      <span>{t("reference.pages.page-of", { page: view.page, pages: view.pages })}</span>
      {view.page < view.pages && (
        <a class="button quiet" rel="next" href={href(view.page + 1)}>
          {t("reference.pages.next")}
        </a>
      )}
    </nav>
  );
}

function Editions({ visit, view }: { visit: Visit; view: ClassifierView }) {
  const { language, t } = visit;
  const { heads, name } = view;
  const here = `/${language}/reference/${name}`;
  return (
    <>
      <h2>{t("reference.pages.editions")}</h2>
      <StackTable
        caption={t("reference.pages.editions")}
        columns={["edition", "in-force", "size", "changed"].map((column) => t(`reference.pages.${column}`))}
        rows={heads.map((head, index) => {
          const before = heads[index + 1];
          return [
            <a href={`${here}?edition=${head.edition}`}>{formatDate(language, head.edition)}</a>,
            termText(visit, { from: head.validFrom, until: head.validUntil }),
            t("reference.pages.rows", { count: head.rows }),
            before ? (
              <a href={`${here}/changes?from=${before.edition}&to=${head.edition}`}>{t("reference.pages.what-changed")}</a>
            ) : (
              "—"
            ),
          ];
        })}
      />
    </>
  );
}
