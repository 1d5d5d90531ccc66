import type { Reply, Request } from "@kerege/kernel/http";
import type { Problem } from "@kerege/kernel/problem";
import type { Act, Proposal, Repair, UpgradeState } from "./door.ts";
import { param, sendOwn, withQuery } from "./pages/answer.ts";
import type { CaseShown } from "./pages/case.tsx";
import { beginnable, DEVIATIONS, DeviationLookPage, DeviationPage, deviationsOf, movableOf } from "./pages/deviation.tsx";
import { asRefusal, casePath, type Faults, openPlace, pathOf } from "./pages/frame.tsx";
import { namesIn } from "./pages/parts.tsx";
import { ProposalsPage } from "./pages/proposals.tsx";
import { RepairLookPage, RepairPage, targetsOf, waysOf } from "./pages/repair.tsx";
import type { Seat } from "./pages/seat.ts";
import { outputOf, type Typed, typedOf } from "./pages/typed.ts";
import type { Ways } from "./routes-pages.ts";
import { caseShown } from "./routes-pages-cases.ts";

/** What operators and heads of desks do to a case, each with a look before it and a reason. */
export function addRepairPages(ways: Ways): void {
  openPlace("proposals");
  addRepairs(ways);
  addDeviations(ways);
  addProposals(ways);
}

function addRepairs({ book, get, post }: Ways): void {
  const { door } = book;
  const open = async (seat: Seat, request: Request) => ({
    shown: await caseShown(book, seat, param(request, "instance")),
    upgrades: await door.upgrades(),
  });

  get("/cases/:instance/repair", ["operate"], async (seat, request) =>
    RepairPage({ book, seat, ...(await open(seat, request)), typed: {}, faults: {} }),
  );

  post("/cases/:instance/repair", ["operate"], async (seat, request, reply) => {
    const typed = typedOf(request.body);
    const { shown, upgrades } = await open(seat, request);
    const again = (faults: Faults, refused?: Problem) =>
      sendOwn(
        request,
        reply.code(refused?.status ?? 422),
        RepairPage({ book, seat, shown, upgrades, typed, faults, ...(refused && { refused }) }),
      );
    if (typed.step === "change") return sendOwn(request, reply, RepairPage({ book, seat, shown, upgrades, typed, faults: {} }));
    const { repair, faults } = repairOf(seat, { shown, upgrades, typed });
    if (!repair) return again(faults);
    if (typed.step !== "do") return sendOwn(request, reply, RepairLookPage({ book, seat, shown, typed, repair }));
    try {
      const { instance } = shown.found;
      const outcome = await door.repair(seat.actor, { instance, repair, reason: typed.reason ?? "", ...versionOf(typed) });
      return reply.redirect(
        withQuery(casePath(seat.visit, instance), { said: "proposed" in outcome ? "proposed" : "done" }),
        303,
      );
    } catch (error) {
      // What was seen is no longer so: the page shows the case as it stands, and the next try is made upon that.
      const refused = asRefusal(error);
      const fresh = await open(seat, request);
      const { version: _, ...rest } = typed;
      return sendOwn(request, reply.code(refused.status), RepairPage({ book, seat, ...fresh, typed: rest, faults: {}, refused }));
    }
  });
}

const versionOf = ({ version = "" }: Typed): { version?: number } =>
  /^\d{1,9}$/.test(version) ? { version: Number(version) } : {};

/** What the form asks for, or what is wrong with it at which field. */
function repairOf(
  seat: Seat,
  given: { shown: CaseShown; upgrades: UpgradeState[]; typed: Typed },
): { repair?: Repair; faults: Faults } {
  const { shown, upgrades, typed } = given;
  const { t } = seat.visit;
  const { tokens } = shown.found.state;
  const faults: Faults = {};
  const kind = waysOf(shown, upgrades).find((way) => way === typed.kind);
  if (!kind) faults["kind-1"] = t("process.pages.say.kind");
  const incident = tokens.find(({ waits }) => waits.for === "incident");
  const token = tokens.find(({ id }) => String(id) === typed.token) ?? incident ?? tokens[0];
  const to = targetsOf(shown.model).find(({ id }) => id === typed.to)?.id;
  if (kind === "move" && to === undefined) faults.to = t("process.pages.say.to");
  const output = outputOf(typed.output ?? "");
  if (kind === "skip" && !output) faults.output = t("process.pages.say.output");
  const upgrade = upgrades.find((one) => one.upgrade === typed.upgrade && one.from === shown.found.model);
  if (kind === "upgrade" && !upgrade) faults.upgrade = t("process.pages.say.upgrade");
  if ((typed.reason ?? "") === "") faults.reason = t("process.pages.say.reason");
  if (!kind || !token || Object.keys(faults).length > 0) return { faults };
  if (kind === "retry") return { repair: { kind, token: token.id }, faults };
  if (kind === "skip")
    return { repair: { kind, token: token.id, ...(Object.keys(output!).length > 0 && { output: output! }) }, faults };
  if (kind === "move") return { repair: { kind, tokens: [token.id], to: to! }, faults };
  if (kind === "upgrade") return { repair: { kind, upgrade: upgrade!.upgrade }, faults };
  return { repair: { kind }, faults };
}

function addDeviations({ book, get, post }: Ways): void {
  const { door, reference } = book;
  // Roles are those of posts of the body, and those the process knows already.
  const rolesOf = ({ actor }: Seat, { model }: CaseShown) => [
    ...new Set([
      ...(model?.nodes ?? []).flatMap(({ work }) => (work?.kind === "person" ? [work.role] : [])),
      ...reference.posts(actor.body).map(({ code }) => code),
    ]),
  ];
  const open = async (seat: Seat, request: Request) => {
    const shown = await caseShown(book, { ...seat, only: seat.actor.body }, param(request, "instance"));
    return { shown, roles: rolesOf(seat, shown) };
  };

  get("/cases/:instance/deviation", ["oversee"], async (seat, request) =>
    DeviationPage({ book, seat, ...(await open(seat, request)), typed: {}, faults: {} }),
  );

  post("/cases/:instance/deviation", ["oversee"], async (seat, request, reply) => {
    const typed = typedOf(request.body);
    const { shown, roles } = await open(seat, request);
    if (typed.step === "change") return sendOwn(request, reply, DeviationPage({ book, seat, shown, roles, typed, faults: {} }));
    const { command, faults } = deviationOf(seat, { shown, roles, typed });
    if (!command) return sendOwn(request, reply.code(422), DeviationPage({ book, seat, shown, roles, typed, faults }));
    if (typed.step !== "do") return sendOwn(request, reply, DeviationLookPage({ book, seat, shown, typed, command }));
    const { instance } = shown.found;
    try {
      await door.command(seat.actor, { instance, command, ...versionOf(typed) });
    } catch (error) {
      const refused = asRefusal(error);
      const { version: _, ...rest } = typed;
      return sendOwn(
        request,
        reply.code(refused.status),
        DeviationPage({ book, seat, ...(await open(seat, request)), typed: rest, faults: {}, refused }),
      );
    }
    return reply.redirect(withQuery(casePath(seat.visit, instance), { said: "done" }), 303);
  });
}

function deviationOf(
  seat: Seat,
  given: { shown: CaseShown; roles: readonly string[]; typed: Typed },
): { command?: Act["command"]; faults: Faults } {
  const { shown, roles, typed } = given;
  const { t } = seat.visit;
  const { tokens } = shown.found.state;
  const faults: Faults = {};
  const say = (field: string, wrong: boolean, key = field) => {
    if (wrong) faults[field] = t(`process.pages.say.${key}`);
  };
  const kind = DEVIATIONS.find((way) => way === typed.kind && deviationsOf(shown).includes(way));
  say("kind-1", !kind, "kind");
  const to = targetsOf(shown.model).find(({ id }) => id === typed.to)?.id;
  const { reason = "", title = "", role = "", days = "", node = "" } = typed;
  if (kind === "move") say("to", to === undefined);
  if (kind === "add") {
    say("title", title === "");
    say("role", !roles.includes(role));
    say("days", days !== "" && !/^[1-9]\d{0,2}$/.test(days));
  }
  if (kind === "begin") say("node", !beginnable(shown.model, tokens).includes(node));
  if (kind !== "begin") say("reason", reason === "");
  if (!kind || Object.keys(faults).length > 0) return { faults };
  if (kind === "move") {
    const movable = movableOf(shown.found.state);
    const chosen = movable.filter(({ id }) => String(id) === typed.token);
    return { command: { kind, tokens: (chosen.length > 0 ? chosen : movable).map(({ id }) => id), to: to!, reason }, faults };
  }
  if (kind === "add") return { command: { kind, title, role, reason, ...(days !== "" && { days: Number(days) }) }, faults };
  if (kind === "begin") return { command: { kind, node }, faults };
  return { command: { kind, reason }, faults };
}

function addProposals({ book, get, post }: Ways): void {
  const { door } = book;
  const draw = async (seat: Seat, given: { faults: Faults; refused?: Problem; done?: string }) => {
    const proposals = await door.proposals();
    const names = new Map<string, ReturnType<typeof namesIn>>();
    for (const { instance } of proposals) {
      if (names.has(instance)) continue;
      const found = await door.find(instance);
      const [model, drawings] = found ? [await book.modelOf(found.model), await book.drawingsOf(found.model)] : [undefined, []];
      names.set(instance, namesIn({ book, visit: seat.visit, model, drawings }));
    }
    return ProposalsPage({ book, seat, proposals, names: ({ instance }: Proposal) => names.get(instance)!, ...given });
  };

  get("/proposals", ["operate"], async (seat, request) => {
    const { said } = typedOf(request.query);
    return draw(seat, { faults: {}, ...(said === "declined" && { done: said }) });
  });

  post("/proposals/:proposal", ["operate"], async (seat, request, reply): Promise<Reply> => {
    const proposal = param(request, "proposal");
    const { answer, reason = "" } = typedOf(request.body);
    const declines = answer === "decline";
    if (declines && reason === "") {
      const faults = { [`reason-${proposal}`]: seat.visit.t("process.pages.say.reason") };
      return sendOwn(request, reply.code(422), await draw(seat, { faults }));
    }
    try {
      if (declines) {
        await door.decline(seat.actor, { proposal, reason });
        return reply.redirect(withQuery(pathOf(seat.visit, "proposals"), { said: "declined" }), 303);
      }
      const { instance } = await door.confirm(seat.actor, proposal);
      return reply.redirect(withQuery(casePath(seat.visit, instance), { said: "confirmed" }), 303);
    } catch (error) {
      const refused = asRefusal(error);
      return sendOwn(request, reply.code(refused.status), await draw(seat, { faults: {}, refused }));
    }
  });
}
