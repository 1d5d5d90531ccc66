import type { Problem } from "@kerege/kernel/problem";
import { kernelProblem } from "@kerege/kernel/problem";
import type { EditionView } from "./door.ts";
import { differencesOf } from "./drawing/compare.ts";
import { param, sendOwn, withQuery } from "./pages/answer.ts";
import { DifferencesPage } from "./pages/differences.tsx";
import { EditionPage, EditionsPage } from "./pages/editions.tsx";
import { asRefusal, type Faults, openPlace, pathOf } from "./pages/frame.tsx";
import { namesOf } from "./pages/parts.tsx";
import { RIGHTS, type Seat } from "./pages/seat.ts";
import { typedOf } from "./pages/typed.ts";
import { type UpgradeAsked, UpgradePage, UpgradesPage } from "./pages/upgrades.tsx";
import type { Ways } from "./routes-pages.ts";

/** Editions of processes, what they differ in, and the moving of live cases from one to another. */
export function addEditionPages(ways: Ways): void {
  openPlace("editions");
  openPlace("upgrades");
  addEditions(ways);
  addUpgrades(ways);
}

function addEditions({ book, get }: Ways): void {
  const { door } = book;
  const read = async (hash: string): Promise<{ edition: EditionView; others: EditionView[] }> => {
    const editions = await door.editions();
    const edition = editions.find(({ model }) => model === hash);
    if (!edition) throw kernelProblem("not-found");
    return {
      edition,
      others: editions.filter(({ process, model, missing }) => process === edition.process && model !== hash && !missing),
    };
  };

  get("/editions", RIGHTS, async (seat) => EditionsPage({ book, seat, editions: await door.editions() }));

  get("/editions/:model", RIGHTS, async (seat, request) => {
    const hash = param(request, "model");
    const { edition, others } = await read(hash);
    const [model, drawings, atNodes] = await Promise.all([book.modelOf(hash), book.drawingsOf(hash), door.atNodes(hash)]);
    return EditionPage({ book, seat, edition, others, model, drawings, atNodes });
  });

  get("/editions/:model/differences/:other", RIGHTS, async (seat, request) => {
    const sides = await Promise.all(
      ["model", "other"].map(async (name) => {
        const hash = param(request, name);
        const { edition } = await read(hash);
        const model = await book.modelOf(hash);
        if (!model) throw kernelProblem("not-found");
        return { edition, model, drawings: await book.drawingsOf(hash) };
      }),
    );
    const [before, after] = [sides[0]!, sides[1]!];
    return DifferencesPage({ book, seat, before, after, differences: differencesOf(before.model, after.model) });
  });
}

function addUpgrades({ book, get, post }: Ways): void {
  const { door } = book;
  const draw = async (
    seat: Seat,
    given: { upgrade: string; reason: string; faults: Faults; refused?: Problem; done?: UpgradeAsked["done"] },
  ) => {
    const { upgrade, ...rest } = given;
    const state = (await door.upgrades()).find((one) => one.upgrade === upgrade);
    if (!state) throw kernelProblem("not-found");
    const [preview, names] = await Promise.all([door.preview(upgrade), namesOf(book, seat.visit, [state.from, state.to])]);
    return UpgradePage({ book, seat, state, preview, names, ...rest });
  };

  get("/upgrades", ["operate"], async (seat) => UpgradesPage({ book, seat, upgrades: await door.upgrades() }));

  get("/upgrades/:upgrade", ["operate"], async (seat, request) => {
    const { said, moved = "0", left = "0" } = typedOf(request.query);
    const done =
      said === "applied" || said === "undone" ? ({ what: said, moved: countOf(moved), left: countOf(left) } as const) : undefined;
    return draw(seat, { upgrade: param(request, "upgrade"), reason: "", faults: {}, ...(done && { done }) });
  });

  post("/upgrades/:upgrade", ["operate"], async (seat, request, reply) => {
    const upgrade = param(request, "upgrade");
    const { reason = "", do: what } = typedOf(request.body);
    if (reason === "") {
      const faults = { reason: seat.visit.t("process.pages.say.reason") };
      return sendOwn(request, reply.code(422), await draw(seat, { upgrade, reason, faults }));
    }
    try {
      const undoes = what === "undo";
      const { moved, left } = await (undoes
        ? door.undo(seat.actor, { upgrade, reason })
        : door.upgrade(seat.actor, { upgrade, reason }));
      const path = `${pathOf(seat.visit, "upgrades")}/${encodeURIComponent(upgrade)}`;
      return reply.redirect(
        withQuery(path, { said: undoes ? "undone" : "applied", moved: String(moved), left: String(left) }),
        303,
      );
    } catch (error) {
      const refused = asRefusal(error);
      if (refused.status === 404) throw error;
      return sendOwn(request, reply.code(refused.status), await draw(seat, { upgrade, reason, faults: {}, refused }));
    }
  });
}

const countOf = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : 0);
