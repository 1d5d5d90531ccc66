import { STATUS_CODES } from "node:http";
import { AppShell, BackLink, Facts, LinkList, type Visit } from "@kerege/kernel/page";
import type { ProblemTable } from "@kerege/kernel/problem";

export interface KnownProblem {
  code: string;
  status: number;
}

export interface ProblemGroup {
  block: string;
  problems: KnownProblem[];
}

/** All problems by block, as their tables stand. */
export function groupProblems(tables: Record<string, ProblemTable>): ProblemGroup[] {
  return Object.entries(tables)
    .map(([block, table]) => ({
      block,
      problems: Object.entries(table).map(([name, { status }]) => ({ code: `${block}.${name}`, status })),
    }))
    .filter(({ problems }) => problems.length > 0);
}

// What a text names when it is told of a real case stands open here.
const blanks = new Proxy({}, { get: () => "…" }) as Record<string, string>;

function say({ t }: Visit, code: string, part: "title" | "detail"): string {
  const [block, ...rest] = code.split(".");
  return t(`${block}.problems.${rest.join(".")}.${part}`, blanks);
}

/** A block without a name for people stands under its own. */
function nameOf({ t }: Visit, block: string): string {
  const key = `portal.meanings.block.${block}`;
  const name = t(key);
  return name === key ? block : name;
}

/** What one may do about any problem of a kind, whatever it says itself. */
function remedyOf(status: number): string {
  if (status >= 500) return "ours";
  const kinds: Record<number, string> = { 401: "sign-in", 403: "allowed", 404: "look", 405: "way", 408: "slow", 409: "again" };
  return kinds[status] ?? "mend";
}

export function ProblemsPage({ visit, groups }: { visit: Visit; groups: ProblemGroup[] }) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.meanings.title")}>
      <h1>{t("portal.meanings.title")}</h1>
      <p class="lead">{t("portal.meanings.lead")}</p>
      {groups.map(({ block, problems }) => (
        <section>
          <h2>{nameOf(visit, block)}</h2>
          <LinkList
            links={problems.map(({ code, status }) => ({
              href: `/${language}/problems/${code}`,
              title: say(visit, code, "title"),
              text: `${code} · ${status}`,
            }))}
          />
        </section>
      ))}
    </AppShell>
  );
}

/** Where the `type` of a problem leads (RFC 9457, 3.1.1): what it means and what to do about it. */
export function ProblemMeaningPage({ visit, problem }: { visit: Visit; problem: KnownProblem }) {
  const { language, t } = visit;
  const { code, status } = problem;
  const title = say(visit, code, "title");
  return (
    <AppShell visit={visit} title={title}>
      <BackLink href={`/${language}/problems`} text={t("portal.meanings.title")} />
      <h1>{title}</h1>
      <p class="lead">{say(visit, code, "detail")}</p>
      <h2>{t("portal.meanings.do")}</h2>
      <p>{t(`portal.meanings.remedy.${remedyOf(status)}`)}</p>
      <Facts
        rows={[
          { name: t("portal.meanings.code"), value: code },
          { name: t("portal.meanings.status"), value: `${status} ${STATUS_CODES[status] ?? ""}`.trim() },
          { name: t("portal.meanings.owner"), value: nameOf(visit, code.split(".")[0]!) },
        ]}
      />
      <p class="small">{t("portal.meanings.program")}</p>
    </AppShell>
  );
}
