import { actorKey } from "@kerege/kernel/actor";
import { EmptyState, Facts, Input } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { Proposal, Repair } from "../door.ts";
import type { Book } from "./book.ts";
import { casePath, type Faults, Faulty, ProcessPage, pathOf } from "./frame.tsx";
import { CaseLink, type Names } from "./parts.tsx";
import type { Seat } from "./seat.ts";

/** Repairs that wait for a second official. */
export function ProposalsPage(given: {
  book: Book;
  seat: Seat;
  proposals: Proposal[];
  names(proposal: Proposal): Names;
  faults: Faults;
  refused?: Problem;
  done?: string;
}) {
  const { book, seat, proposals, names, faults, refused, done } = given;
  const { t } = seat.visit;
  return (
    <ProcessPage seat={seat} title={t("process.pages.proposals.title")} here="proposals">
      {(refused || Object.keys(faults).length > 0) && <Faulty visit={seat.visit} faults={faults} {...(refused && { refused })} />}
      {done !== undefined && (
        <p class="notice" role="status">
          {t(`process.pages.proposals.said.${done}`)}
        </p>
      )}
      <h1>{t("process.pages.proposals.title")}</h1>
      <p class="lead">{t("process.pages.proposals.lead")}</p>
      {proposals.length === 0 ? (
        <EmptyState text={t("process.pages.proposals.none")} />
      ) : (
        <ProposalList book={book} seat={seat} proposals={proposals} names={names} faults={faults} />
      )}
    </ProcessPage>
  );
}

/** Each proposal with what it would do, why, and the two answers to it. */
export function ProposalList(given: {
  book: Book;
  seat: Seat;
  proposals: readonly Proposal[];
  names(proposal: Proposal): Names;
  faults?: Faults;
}) {
  const { book, seat, proposals, names, faults = {} } = given;
  const { visit } = seat;
  const { t, language } = visit;
  const own = actorKey(seat.actor);
  return (
    <ul class="process-proposals">
      {proposals.map((proposal) => (
        <li>
          <p class="process-title">{repairText(visit, proposal.repair, names(proposal))}</p>
          <Facts
            rows={[
              { name: t("process.pages.proposals.case"), value: <CaseLink visit={visit} row={proposal} /> },
              { name: t("process.pages.proposals.reason"), value: proposal.reason },
              {
                name: t("process.pages.proposals.by"),
                value: `${book.who(proposal.by, language)}, ${book.when(language, proposal.at)}`,
              },
            ]}
          />
          {seat.may("operate") && (
            <Answers seat={seat} proposal={proposal} own={proposal.by === own} fault={faults[`reason-${proposal.id}`]} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Answers({ seat, proposal, own, fault }: { seat: Seat; proposal: Proposal; own: boolean; fault: string | undefined }) {
  const { visit } = seat;
  const { t } = visit;
  const path = `${pathOf(visit, "proposals")}/${proposal.id}`;
  return (
    <>
      {own ? (
        <p class="small">{t("process.pages.proposals.own")}</p>
      ) : (
        <form method="post" action={path} class="process-answer">
          <button class="button" name="answer" value="confirm">
            {t("process.pages.proposals.confirm")}
          </button>
        </form>
      )}
      <details open={fault !== undefined}>
        <summary>{t(`process.pages.proposals.${own ? "take-back" : "decline"}`)}</summary>
        <form method="post" action={path} noValidate>
          <Input
            t={t}
            id={`reason-${proposal.id}`}
            name="reason"
            label={t("process.pages.reason")}
            maxLength={1000}
            {...(fault !== undefined && { error: fault })}
          />
          <button class="button quiet" name="answer" value="decline">
            {t(`process.pages.proposals.${own ? "take-back" : "decline"}`)}
          </button>
        </form>
      </details>
      <p>
        <a href={casePath(visit, proposal.instance)}>{t("process.pages.proposals.look")}</a>
      </p>
    </>
  );
}

/** What a repair would do, in words. */
export function repairText({ t }: Seat["visit"], repair: Repair, names: Names): string {
  if (repair.kind === "move") return t("process.repairs.move.sentence", { to: names.stepOf(repair.to) });
  if (repair.kind === "upgrade") return t("process.repairs.upgrade.sentence", { upgrade: repair.upgrade });
  return t(`process.repairs.${repair.kind}.sentence`);
}
