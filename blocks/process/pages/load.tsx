import { formatNumber } from "@kerege/kernel/format";
import { EmptyState, StackTable, StatusTag } from "@kerege/kernel/page";
import type { ProcessDoor } from "../door.ts";
import type { Book } from "./book.ts";
import { ProcessPage } from "./frame.tsx";
import { Counted } from "./parts.tsx";
import type { Seat } from "./seat.ts";

type Line = Awaited<ReturnType<ProcessDoor["load"]>>[number];

/** Open tasks of each desk: how many, how many late, and who has them. */
export function LoadPage({ book, seat, lines }: { book: Book; seat: Seat; lines: readonly Line[] }) {
  const { visit } = seat;
  const { t, language } = visit;
  const roles = groupBy(lines, ({ role, body }) => JSON.stringify([role, body ?? ""]));
  const total = (group: readonly Line[], of: "open" | "late") => group.reduce((sum, line) => sum + line[of], 0);
  const most = Math.max(0, ...roles.map((group) => total(group, "open")));
  const held = lines.filter((line) => line.heldBy !== undefined).sort((a, b) => b.late - a.late || b.open - a.open);
  const number = (value: number) => formatNumber(language, value);
  return (
    <ProcessPage seat={seat} title={t("process.pages.load.title")} here="load">
      <h1>{t("process.pages.load.title")}</h1>
      <p class="lead">{t("process.pages.load.lead")}</p>
      {lines.length === 0 ? (
        <EmptyState text={t("process.pages.load.none")} />
      ) : (
        <>
          <h2>{t("process.pages.load.by-role")}</h2>
          <StackTable
            caption={t("process.pages.load.by-role")}
            columns={["role", "open", "late", "free"].map((column) => t(`process.pages.load.columns.${column}`))}
            rows={roles
              .sort((a, b) => total(b, "late") - total(a, "late") || total(b, "open") - total(a, "open"))
              .map((group) => [
                <>
                  {book.role(group[0]!.role, language)}
                  {group[0]!.body !== undefined && <small>{book.bodyName(group[0]!.body, language)}</small>}
                </>,
                <Counted text={number(total(group, "open"))} value={total(group, "open")} most={most} />,
                <Late visit={visit} late={total(group, "late")} />,
                number(
                  total(
                    group.filter((line) => line.heldBy === undefined),
                    "open",
                  ),
                ),
              ])}
          />
          <h2>{t("process.pages.load.by-official")}</h2>
          {held.length === 0 ? (
            <EmptyState text={t("process.pages.load.nobody")} />
          ) : (
            <StackTable
              caption={t("process.pages.load.by-official")}
              columns={["official", "open", "late"].map((column) => t(`process.pages.load.columns.${column}`))}
              rows={held.map((line) => [
                <>
                  {book.who(line.heldBy, language)}
                  <small>{book.role(line.role, language)}</small>
                </>,
                number(line.open),
                <Late visit={visit} late={line.late} />,
              ])}
            />
          )}
        </>
      )}
    </ProcessPage>
  );
}

function Late({ visit: { t }, late }: { visit: Seat["visit"]; late: number }) {
  return late === 0 ? <>0</> : <StatusTag tone="bad" text={t("process.pages.load.late", { count: late })} />;
}

function groupBy(lines: readonly Line[], keyOf: (line: Line) => string): Line[][] {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const key = keyOf(line);
    const group = groups.get(key);
    if (group) group.push(line);
    else groups.set(key, [line]);
  }
  return [...groups.values()];
}
