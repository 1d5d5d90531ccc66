import { BackLink, Choices, Input } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { Act } from "../door.ts";
import type { Mark } from "../drawing/draw.tsx";
import type { Model } from "../engine/model.ts";
import type { State, Token } from "../engine/state.ts";
import { SureForm, ToLook } from "./acting.tsx";
import type { Book } from "./book.ts";
import type { CaseShown } from "./case.tsx";
import { casePath, type Faults, Faulty, ProcessPage, Select } from "./frame.tsx";
import { CaseState, Diagrams, namesIn } from "./parts.tsx";
import { targetOptions, tokenLabel } from "./repair.tsx";
import type { Seat } from "./seat.ts";
import type { Typed } from "./typed.ts";

export const DEVIATIONS = ["move", "add", "begin", "suspend", "resume"] as const;
export type Deviation = (typeof DEVIATIONS)[number];

export interface DeviationAsked {
  book: Book;
  seat: Seat;
  shown: CaseShown;
  /** Roles a step may be given to. */
  roles: readonly string[];
  typed: Typed;
  faults: Faults;
  refused?: Problem;
}

/** Activities of ad-hoc sub-processes that are open now. */
export function beginnable(model: Model | undefined, tokens: readonly Token[]): string[] {
  if (!model) return [];
  return tokens.flatMap(({ node }) => {
    const at = model.nodeOf.get(node);
    const inner = at === undefined ? undefined : model.nodes[at]!.inner;
    const scope = inner === undefined ? undefined : model.scopes[inner];
    return scope?.adHoc ? scope.nodes.map((index) => model.nodes[index]!.id) : [];
  });
}

/** What stands in the process itself and was drawn: the rest of a step ends with it, and a step nobody drew stays to be done. */
export function movableOf({ tokens, scopes }: State): Token[] {
  return tokens.filter(({ scope, of, added }) => scope === scopes[0]?.id && of === undefined && added === undefined);
}

export function deviationsOf({ found, model }: CaseShown): Deviation[] {
  if (found.status === "suspended") return ["resume"];
  return ["move", "add", ...(beginnable(model, found.state.tokens).length > 0 ? (["begin"] as const) : []), "suspend"];
}

/** The official responsible leads the case otherwise than drawn, and says why. */
export function DeviationPage({ book, seat, shown, roles, typed, faults, refused }: DeviationAsked) {
  const { found, model, drawings } = shown;
  const { visit } = seat;
  const { t, language } = visit;
  const names = namesIn({ book, visit, model, drawings });
  const path = casePath(visit, found.instance);
  const ways = deviationsOf(shown);
  const nothing = { value: "", label: "—" };
  return (
    <ProcessPage seat={seat} title={t("process.pages.deviation.title")} here="cases">
      {(refused || Object.keys(faults).length > 0) && <Faulty visit={visit} faults={faults} {...(refused && { refused })} />}
      <BackLink href={path} text={t("process.pages.case.heading", { key: found.key })} />
      <h1>
        {t("process.pages.deviation.title")} <CaseState t={t} row={found} />
      </h1>
      <p class="lead">{t("process.pages.deviation.lead")}</p>
      <form method="post" action={`${path}/deviation`} noValidate>
        <input type="hidden" name="version" value={typed.version ?? String(found.version)} />
        <Choices
          t={t}
          id="kind"
          name="kind"
          label={t("process.pages.deviation.what")}
          value={typed.kind ?? ""}
          options={ways.map((way) => ({
            value: way,
            label: t(`process.deviations.${way}.label`),
            hint: t(`process.deviations.${way}.hint`),
          }))}
          {...(faults["kind-1"] && { error: faults["kind-1"] })}
        />
        {ways.includes("move") && (
          <Select
            t={t}
            id="to"
            name="to"
            label={t("process.pages.repair.to")}
            hint={t("process.pages.deviation.to-hint")}
            value={typed.to ?? ""}
            options={[nothing, ...targetOptions(model, names.stepOf)]}
            {...(faults.to && { error: faults.to })}
          />
        )}
        {ways.includes("move") && movableOf(found.state).length > 1 && (
          <Select
            t={t}
            id="token"
            name="token"
            label={t("process.pages.deviation.from")}
            hint={t("process.pages.deviation.to-hint")}
            value={typed.token ?? ""}
            options={[
              { value: "", label: t("process.pages.deviation.every") },
              ...movableOf(found.state).map((token) => ({
                value: String(token.id),
                label: tokenLabel({ book, seat, shown }, token),
              })),
            ]}
          />
        )}
        {ways.includes("add") && (
          <fieldset class="process-part">
            <legend class="label">{t("process.pages.deviation.step")}</legend>
            <Input
              t={t}
              id="title"
              name="title"
              label={t("process.pages.deviation.name")}
              value={typed.title ?? ""}
              maxLength={200}
              {...(faults.title && { error: faults.title })}
            />
            <Select
              t={t}
              id="role"
              name="role"
              label={t("process.pages.deviation.role")}
              value={typed.role ?? ""}
              options={[nothing, ...roles.map((role) => ({ value: role, label: book.role(role, language) }))]}
              {...(faults.role && { error: faults.role })}
            />
            <Input
              t={t}
              id="days"
              name="days"
              label={t("process.pages.deviation.days")}
              value={typed.days ?? ""}
              width="short"
              inputmode="numeric"
              maxLength={4}
              {...(faults.days && { error: faults.days })}
            />
          </fieldset>
        )}
        {ways.includes("begin") && (
          <Select
            t={t}
            id="node"
            name="node"
            label={t("process.pages.deviation.begin")}
            value={typed.node ?? ""}
            options={[nothing, ...beginnable(model, found.state.tokens).map((id) => ({ value: id, label: names.stepOf(id) }))]}
            {...(faults.node && { error: faults.node })}
          />
        )}
        <ToLook t={t} typed={typed} faults={faults} />
      </form>
    </ProcessPage>
  );
}

/** The last look before a case is led otherwise. */
export function DeviationLookPage({
  book,
  seat,
  shown,
  typed,
  command,
}: Omit<DeviationAsked, "faults" | "roles"> & { command: Act["command"] }) {
  const { found, model, drawings } = shown;
  const { visit } = seat;
  const { t, language } = visit;
  const names = namesIn({ book, visit, model, drawings });
  const path = casePath(visit, found.instance);
  const nodes = new Map<string, Mark>();
  if (command.kind === "move") {
    for (const token of found.state.tokens)
      if (token.node !== "") nodes.set(token.node, { state: command.tokens.includes(token.id) ? "stopped" : "now" });
    nodes.set(command.to, { state: "now" });
  }
  return (
    <ProcessPage seat={seat} title={t("process.pages.repair.sure")} here="cases">
      <BackLink href={`${path}/deviation`} text={t("process.pages.deviation.title")} />
      <h1>{t("process.pages.repair.sure")}</h1>
      <p class="lead">
        {t(`process.deviations.${command.kind}.sentence`, {
          to: command.kind === "move" ? names.stepOf(command.to) : "",
          step: command.kind === "begin" ? names.stepOf(command.node) : "",
          title: command.kind === "add" ? command.title : "",
          role: command.kind === "add" ? book.role(command.role, language) : "",
        })}
      </p>
      <p class="notice">{t("process.history.reason", { reason: typed.reason ?? "" })}</p>
      {nodes.size > 0 && (
        <Diagrams
          book={book}
          process={found.process}
          visit={visit}
          drawings={drawings}
          title={t("process.pages.repair.picture")}
          nodes={nodes}
        />
      )}
      <SureForm t={t} action={`${path}/deviation`} typed={typed} doing={t(`process.deviations.${command.kind}.do`)} />
    </ProcessPage>
  );
}
