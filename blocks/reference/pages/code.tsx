import { formatDate } from "@kerege/kernel/format";
import type { Multilingual } from "@kerege/kernel/locale";
import { AppShell, BackLink, Facts, LinkList, StackTable, type Visit } from "@kerege/kernel/page";
import type { Item } from "../declaration.ts";
import type { BodyUnit, HistoryEntry, Holder, Post } from "../door.ts";
import { ItemName, type NamedPair, PairText, termText } from "./parts.tsx";

export interface CodeView {
  name: string;
  title: Multilingual;
  item: Item;
  edition: string;
  current: boolean;
  term: { from: string; until?: string };
  above: { classifier: string; item: Item }[];
  below: Item[];
  properties: { name: string; title: Multilingual }[];
  history: (Omit<HistoryEntry, "became" | "cameFrom"> & { turned: NamedPair[] })[];
  /** Of a body of the state: its units and posts. */
  staff?: { units: BodyUnit[]; posts: { post: Post; holder?: Holder }[] };
}

/** One code: where it lies, what lies in it, what it meant over time. */
export function CodePage({ visit, view }: { visit: Visit; view: CodeView }) {
  const { language, t } = visit;
  const { name, item } = view;
  const edition = view.current ? "" : `?edition=${view.edition}`;
  const href = (code: string, classifier = name) =>
    `/${language}/reference/${classifier}/codes/${encodeURIComponent(code)}${classifier === name ? edition : ""}`;
  const others = (["ky", "ru", "kk", "en"] as const).filter((one) => one !== language && !item.borrowed?.includes(one));
  return (
    <AppShell visit={visit} title={`${item.code} ${item.name[language]}`} noSearch>
      <BackLink href={`/${language}/reference/${name}${edition}`} text={view.title[language]} />
      <h1>
        <ItemName visit={visit} item={item} />
      </h1>
      <Facts
        rows={[
          { name: t("reference.pages.code"), value: item.code },
          { name: t("reference.pages.in-force"), value: termText(visit, view.term) },
          ...view.above.map((above) => ({
            name: t("reference.pages.inside"),
            value: <a href={href(above.item.code, above.classifier)}>{above.item.name[language]}</a>,
          })),
          ...view.properties.flatMap((property) => {
            const value = item.properties?.[property.name];
            return value === undefined ? [] : [{ name: property.title[language], value }];
          }),
          {
            name: t("reference.pages.other-languages"),
            value: others.map((one) => <p lang={one}>{item.name[one]}</p>),
          },
        ]}
      />
      {view.below.length > 0 && (
        <>
          <h2>{t("reference.pages.contains")}</h2>
          <LinkList
            links={view.below.map((below) => ({
              href: href(below.code),
              title: (
                <>
                  {below.code} <ItemName visit={visit} item={below} />
                </>
              ),
            }))}
          />
        </>
      )}
      {view.staff && <Staff visit={visit} staff={view.staff} />}
      {view.history.length > 1 || view.history.some(({ turned }) => turned.length > 0) ? (
        <History visit={visit} view={view} />
      ) : null}
    </AppShell>
  );
}

function History({ visit, view }: { visit: Visit; view: CodeView }) {
  const { t, language } = visit;
  return (
    <>
      <h2>{t("reference.pages.history")}</h2>
      <StackTable
        caption={t("reference.pages.history")}
        columns={["edition", "in-force", "name", "turned"].map((column) => t(`reference.pages.${column}`))}
        rows={view.history.map((entry) => [
          formatDate(language, entry.edition),
          termText(visit, entry),
          entry.item.name[language],
          entry.turned.map((pair) => (
            <p>
              <PairText visit={visit} pair={pair} />
            </p>
          )),
        ])}
      />
    </>
  );
}

function Staff({ visit, staff }: { visit: Visit; staff: NonNullable<CodeView["staff"]> }) {
  const { t, language } = visit;
  const unitName = new Map(staff.units.map((unit) => [unit.code, unit.name[language]]));
  if (staff.posts.length === 0) return null;
  return (
    <>
      <h2>{t("reference.pages.posts")}</h2>
      <StackTable
        caption={t("reference.pages.posts")}
        columns={["post", "unit", "holder", "held"].map((column) => t(`reference.pages.${column}`))}
        rows={staff.posts.map(({ post, holder }) => [
          post.name[language],
          post.unit === undefined ? "—" : (unitName.get(post.unit) ?? post.unit),
          holder ? personName(holder) : t("reference.pages.vacant"),
          holder ? termText(visit, holder) : "—",
        ])}
      />
    </>
  );
}

function personName({ name }: Holder): string {
  return [name.surname, name.given, name.patronymic].filter(Boolean).join(" ");
}
