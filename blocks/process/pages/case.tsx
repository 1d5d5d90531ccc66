import { BackLink, EmptyState, Facts, StackTable } from "@kerege/kernel/page";
import type { CaseView, Proposal, Recorded, TaskRow } from "../door.ts";
import type { Drawing } from "../drawing/drawing.ts";
import { pathOf as caseTrack } from "../drawing/path.ts";
import type { Model } from "../engine/model.ts";
import type { Token } from "../engine/state.ts";
import { withQuery } from "./answer.ts";
import type { Book } from "./book.ts";
import { casePath, editionPath, ProcessPage, pathOf } from "./frame.tsx";
import { CaseState, Deadline, Diagrams, History, type Names, namesIn } from "./parts.tsx";
import { ProposalList } from "./proposals.tsx";
import type { Seat } from "./seat.ts";
import { Variables } from "./variables.tsx";
import { armedText, dueOf, waitText } from "./waits.ts";

export interface CaseShown {
  found: CaseView;
  model: Model | undefined;
  drawings: readonly Drawing[];
  history: Recorded[];
  tasks: TaskRow[];
  proposals: Proposal[];
}

/** A case: where it is on its diagram, what it waits for, what happened, what may be done. */
export function CasePage(given: { book: Book; seat: Seat; shown: CaseShown; all: boolean; done?: string }) {
  const { book, seat, shown, all, done } = given;
  const { found, model, drawings, history, tasks, proposals } = shown;
  const { visit } = seat;
  const { t, language } = visit;
  const names = namesIn({ book, visit, model, drawings });
  const title = t("process.pages.case.heading", { key: found.key || found.instance.slice(0, 8) });
  const track = caseTrack(
    history.flatMap(({ events }) => events),
    found.state,
  );
  const live = found.status === "running" || found.status === "suspended";
  return (
    <ProcessPage seat={seat} title={title} here="cases">
      <BackLink href={pathOf(visit, "cases")} text={t("process.pages.cases.title")} />
      {done !== undefined && (
        <p class="notice" role="status">
          {t(`process.pages.case.said.${done}`)}
        </p>
      )}
      <h1>
        {title} <CaseState t={t} row={found} />
      </h1>
      <Head book={book} seat={seat} found={found} />
      {live && <Deeds seat={seat} found={found} />}
      {proposals.length > 0 && (
        <section>
          <h2>{t("process.pages.proposals.title")}</h2>
          <ProposalList book={book} seat={seat} proposals={proposals} names={() => names} />
        </section>
      )}
      <section>
        <h2>{t("process.pages.case.path")}</h2>
        <Diagrams
          book={book}
          process={found.process}
          visit={visit}
          drawings={drawings}
          title={t("process.pages.case.picture", { key: found.key })}
          {...track}
        />
      </section>
      <section>
        <h2>{t("process.pages.case.now")}</h2>
        <Standing book={book} seat={seat} tokens={found.state.tokens} names={names} />
      </section>
      {tasks.length > 0 && (
        <section>
          <h2>{t("process.pages.case.tasks")}</h2>
          <StackTable
            caption={t("process.pages.case.tasks")}
            columns={["task", "role", "held", "due"].map((column) => t(`process.pages.case.columns.${column}`))}
            rows={tasks.map((task) => [
              task.title ?? names.stepOf(task.node),
              <>
                {book.role(task.role, language)}
                {task.body !== undefined && <small>{book.bodyName(task.body, language)}</small>}
              </>,
              task.heldBy === undefined ? t("process.pages.case.free") : book.who(task.heldBy, language),
              <Deadline book={book} visit={visit} at={task.due} now={book.means.clock.now()} />,
            ])}
          />
        </section>
      )}
      <Variables
        visit={visit}
        state={found.state}
        mayRead={seat.may("oversee") && found.body === seat.actor.body}
        stepOf={names.stepOf}
      />
      <section>
        <h2>{t("process.pages.case.history")}</h2>
        <History book={book} visit={visit} process={found.process} names={names} history={history} all={all} />
        {history.length > 0 && (
          <p class="actions">
            <a href={withQuery(casePath(visit, found.instance), { all: all ? "" : "yes" })}>
              {t(`process.pages.case.${all ? "less" : "more"}`)}
            </a>
          </p>
        )}
      </section>
    </ProcessPage>
  );
}

function Head({ book, seat: { visit }, found }: { book: Book; seat: Seat; found: CaseView }) {
  const { t, language } = visit;
  const now = book.means.clock.now();
  const fact = (name: string) => t(`process.pages.case.facts.${name}`);
  return (
    <Facts
      rows={[
        {
          name: fact("process"),
          value: (
            <a href={editionPath(visit, found.model)}>
              {book.processName(found.process, language)}, {found.model.slice(0, 8)}
            </a>
          ),
        },
        ...(found.body === undefined ? [] : [{ name: fact("body"), value: book.bodyName(found.body, language) }]),
        { name: fact("began"), value: book.when(language, found.startedAt) },
        ...(found.endedAt ? [{ name: fact("ended"), value: book.when(language, found.endedAt) }] : []),
        ...(found.deadline
          ? [{ name: fact("deadline"), value: <Deadline book={book} visit={visit} at={found.deadline} now={now} /> }]
          : []),
        ...(found.due && !found.endedAt ? [{ name: fact("due"), value: book.when(language, found.due) }] : []),
      ]}
    />
  );
}

/** What this post may do to the case. */
function Deeds({ seat, found }: { seat: Seat; found: CaseView }) {
  const { visit } = seat;
  const { t } = visit;
  const own = seat.may("oversee") && found.body === seat.actor.body;
  if (!seat.may("operate") && !own) return null;
  return (
    <p class="actions">
      {seat.may("operate") && (
        <a class={found.incidents > 0 ? "button" : "button quiet"} href={`${casePath(visit, found.instance)}/repair`}>
          {t(`process.pages.case.${found.incidents > 0 ? "repair" : "change"}`)}
        </a>
      )}
      {own && (
        <a class="button quiet" href={`${casePath(visit, found.instance)}/deviation`}>
          {t("process.pages.case.deviate")}
        </a>
      )}
    </p>
  );
}

function Standing({ book, seat: { visit }, tokens, names }: { book: Book; seat: Seat; tokens: readonly Token[]; names: Names }) {
  const { t, language } = visit;
  if (tokens.length === 0) return <EmptyState text={t("process.pages.case.nowhere")} />;
  const saying = { book, visit, ...names };
  return (
    <StackTable
      caption={t("process.pages.case.now")}
      columns={["step", "waits", "since", "due"].map((column) => t(`process.pages.case.columns.${column}`))}
      rows={tokens.map((token) => {
        const due = dueOf(token);
        return [
          token.added ? token.added.title : names.stepOf(token.node),
          <>
            {waitText(saying, token.waits)}
            {(token.boundaries ?? []).map((one) => (
              <small>{t("process.waits.beside", { what: armedText(saying, one) })}</small>
            ))}
          </>,
          book.when(language, new Date(token.since)),
          due ? <Deadline book={book} visit={visit} at={due} now={book.means.clock.now()} /> : "—",
        ];
      })}
    />
  );
}
