import type { Plain } from "@kerege/kernel/feel";
import { formatNumber } from "@kerege/kernel/format";
import { EmptyState, StackTable, type Visit } from "@kerege/kernel/page";
import type { State } from "../engine/state.ts";

/**
 * What a case works with. The body whose case it is sees the values; who keeps the machinery running sees only that they are there and of what
 * kind: what is written in them may be a person's.
 */
export function Variables({
  visit,
  state,
  mayRead,
  stepOf,
}: {
  visit: Visit;
  state: State;
  mayRead: boolean;
  stepOf(id: string): string;
}) {
  const { t } = visit;
  const rows = state.scopes.flatMap(({ node, variables }) =>
    Object.entries(variables).map(([name, value]) => ({ node, name, value })),
  );
  return (
    <section>
      <h2>{t("process.pages.case.values")}</h2>
      {!mayRead && <p class="small">{t("process.pages.case.hidden")}</p>}
      {rows.length === 0 ? (
        <EmptyState text={t("process.pages.case.no-values")} />
      ) : (
        <StackTable
          caption={t("process.pages.case.values")}
          columns={["name", mayRead ? "value" : "type"].map((column) => t(`process.pages.case.columns.${column}`))}
          rows={rows.map(({ node, name, value }) => [
            <>
              <code>{name}</code>
              {node !== "" && <small>{stepOf(node)}</small>}
            </>,
            mayRead ? <Value visit={visit} value={value} /> : t(`process.types.${typeOf(value)}`, { count: sizeOf(value) }),
          ])}
        />
      )}
    </section>
  );
}

function typeOf(value: Plain): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "list";
  return typeof value === "object" ? "group" : typeof value;
}

const sizeOf = (value: Plain): number =>
  Array.isArray(value) ? value.length : typeof value === "object" && value !== null ? Object.keys(value).length : 1;

const LONGEST = 300;

function Value({ visit: { t, language }, value }: { visit: Visit; value: Plain }) {
  if (value === null || value === undefined || value === "") return <span class="nothing">{t("process.types.empty")}</span>;
  if (typeof value === "boolean") return <>{t(`process.types.${value}`)}</>;
  if (typeof value === "number") return <>{formatNumber(language, value)}</>;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return <>{text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}</>;
}
