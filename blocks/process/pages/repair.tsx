import { BackLink, Choices, Textarea } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { Repair, UpgradeState } from "../door.ts";
import type { Mark } from "../drawing/draw.tsx";
import type { Model, Node } from "../engine/model.ts";
import type { Token } from "../engine/state.ts";
import { SureForm, ToLook } from "./acting.tsx";
import type { Book } from "./book.ts";
import type { CaseShown } from "./case.tsx";
import { casePath, type Faults, Faulty, ProcessPage, Select } from "./frame.tsx";
import { CaseState, Diagrams, namesIn } from "./parts.tsx";
import { repairText } from "./proposals.tsx";
import type { Seat } from "./seat.ts";
import type { Typed } from "./typed.ts";
import { waitText } from "./waits.ts";

export interface RepairAsked {
  book: Book;
  seat: Seat;
  shown: CaseShown;
  upgrades: UpgradeState[];
  typed: Typed;
  faults: Faults;
  refused?: Problem;
}

/** What may be done to a case that is in this state. */
export function waysOf({ found }: CaseShown, upgrades: readonly UpgradeState[]): Repair["kind"][] {
  const incident = found.state.tokens.some(({ waits }) => waits.for === "incident");
  return [
    ...(incident ? (["retry", "skip"] as const) : []),
    "move",
    found.status === "suspended" ? "resume" : "suspend",
    ...(upgrades.some((one) => one.from === found.model && !one.undoneAt) ? (["upgrade"] as const) : []),
    "cancel",
  ];
}

/** Where tokens may be moved: whatever begins by a token coming in, also inside a sub-process. The interpreter has the last word. */
export function targetsOf(model: Model | undefined): Node[] {
  const refused = new Set<Node["kind"]>(["boundary", "event-sub-process", "start"]);
  return (model?.nodes ?? []).filter((node) => !refused.has(node.kind) && !node.forCompensation);
}

/** Steps to choose from, each with the part it stands in. */
export function targetOptions(model: Model | undefined, stepOf: (id: string) => string): { value: string; label: string }[] {
  return targetsOf(model).map((node) => {
    const holder = model!.scopes[node.scope]?.node;
    const within = holder === undefined ? "" : `${stepOf(model!.nodes[holder]!.id)}: `;
    return { value: node.id, label: within + stepOf(node.id) };
  });
}

/** What an operator does to a case that stands: first what and why. */
export function RepairPage(asked: RepairAsked) {
  const { book, seat, shown, upgrades, typed, faults, refused } = asked;
  const { found, model, drawings } = shown;
  const { visit } = seat;
  const { t } = visit;
  const names = namesIn({ book, visit, model, drawings });
  const ways = waysOf(shown, upgrades);
  const path = casePath(visit, found.instance);
  const incidents = found.state.tokens.filter(({ waits }) => waits.for === "incident");
  return (
    <ProcessPage seat={seat} title={t("process.pages.repair.title")} here="incidents">
      {(refused || Object.keys(faults).length > 0) && <Faulty visit={visit} faults={faults} {...(refused && { refused })} />}
      <BackLink href={path} text={t("process.pages.case.heading", { key: found.key })} />
      <h1>
        {t("process.pages.repair.title")} <CaseState t={t} row={found} />
      </h1>
      {incidents.map((token) => (
        <p class="notice">
          <b>{names.stepOf(token.node)}</b>: {waitText({ book, visit, ...names }, token.waits)}
        </p>
      ))}
      <form method="post" action={`${path}/repair`} noValidate>
        <input type="hidden" name="version" value={typed.version ?? String(found.version)} />
        <Choices
          t={t}
          id="kind"
          name="kind"
          label={t("process.pages.repair.what")}
          value={typed.kind ?? (incidents.length > 0 ? "retry" : "")}
          options={ways.map((way) => ({
            value: way,
            label: t(`process.repairs.${way}.label`),
            hint: t(`process.repairs.${way}.hint`),
          }))}
          {...(faults["kind-1"] && { error: faults["kind-1"] })}
        />
        {found.state.tokens.length > 1 && (
          <Select
            t={t}
            id="token"
            name="token"
            label={t("process.pages.repair.token")}
            hint={t("process.pages.repair.token-hint")}
            value={typed.token ?? String((incidents[0] ?? found.state.tokens[0])?.id ?? "")}
            options={found.state.tokens.map((token) => ({ value: String(token.id), label: tokenLabel(asked, token) }))}
          />
        )}
        <Select
          t={t}
          id="to"
          name="to"
          label={t("process.pages.repair.to")}
          hint={t("process.pages.repair.to-hint")}
          value={typed.to ?? ""}
          options={[{ value: "", label: "—" }, ...targetOptions(model, names.stepOf)]}
          {...(faults.to && { error: faults.to })}
        />
        {ways.includes("skip") && (
          <Textarea
            t={t}
            id="output"
            name="output"
            label={t("process.pages.repair.output")}
            hint={t("process.pages.repair.output-hint")}
            value={typed.output ?? ""}
            rows={3}
            maxLength={4000}
            {...(faults.output && { error: faults.output })}
          />
        )}
        {ways.includes("upgrade") && (
          <Select
            t={t}
            id="upgrade"
            name="upgrade"
            label={t("process.pages.repair.upgrade")}
            value={typed.upgrade ?? ""}
            options={upgrades
              .filter((one) => one.from === found.model)
              .map((one) => ({ value: one.upgrade, label: one.upgrade }))}
          />
        )}
        <ToLook t={t} typed={typed} faults={faults} />
      </form>
    </ProcessPage>
  );
}

export function tokenLabel({ book, seat: { visit }, shown }: Pick<RepairAsked, "book" | "seat" | "shown">, token: Token): string {
  const names = namesIn({ book, visit, model: shown.model, drawings: shown.drawings });
  const step = token.added ? token.added.title : names.stepOf(token.node);
  return `${step}: ${waitText({ book, visit, ...names }, token.waits)}`;
}

/** What will happen, before it does: the last look. */
export function RepairLookPage({
  book,
  seat,
  shown,
  typed,
  repair,
}: Omit<RepairAsked, "upgrades" | "faults"> & { repair: Repair }) {
  const { found, model, drawings } = shown;
  const { visit } = seat;
  const { t } = visit;
  const names = namesIn({ book, visit, model, drawings });
  const path = casePath(visit, found.instance);
  return (
    <ProcessPage seat={seat} title={t("process.pages.repair.sure")} here="incidents">
      <BackLink href={`${path}/repair`} text={t("process.pages.repair.title")} />
      <h1>{t("process.pages.repair.sure")}</h1>
      <p class="lead">{repairText(visit, repair, names)}</p>
      <p>{t(`process.repairs.${repair.kind}.hint`)}</p>
      <p class="notice">{t("process.history.reason", { reason: typed.reason ?? "" })}</p>
      {(repair.kind === "move" || repair.kind === "skip") && (
        <Diagrams
          book={book}
          process={found.process}
          visit={visit}
          drawings={drawings}
          title={t("process.pages.repair.picture")}
          nodes={after(repair, found.state.tokens)}
        />
      )}
      <SureForm
        t={t}
        action={`${path}/repair`}
        typed={typed}
        doing={t(`process.repairs.${repair.kind}.do`)}
        danger={repair.kind === "cancel"}
      />
    </ProcessPage>
  );
}

/** Where tokens would leave, where one would begin. */
function after(repair: Extract<Repair, { kind: "move" | "skip" }>, tokens: readonly Token[]): Map<string, Mark> {
  const leaving = repair.kind === "move" ? repair.tokens : [repair.token];
  const marks = new Map<string, Mark>();
  for (const token of tokens)
    if (token.node !== "")
      marks.set(token.node, { state: !leaving.includes(token.id) ? "now" : repair.kind === "move" ? "stopped" : "skipped" });
  if (repair.kind === "move") marks.set(repair.to, { state: "now" });
  return marks;
}
