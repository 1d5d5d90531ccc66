import { kernelProblem } from "@kerege/kernel/problem";
import { param, sendOwn } from "./pages/answer.ts";
import { type Faults, openPlace, pathOf } from "./pages/frame.tsx";
import type { Seat } from "./pages/seat.ts";
import { type Typed, typedOf } from "./pages/typed.ts";
import type { Ways } from "./routes-pages.ts";
import { mayStand } from "./simulation/adjust.ts";
import { SimulationsPage, TrialPage, TryPage, type Wanted } from "./simulation/page.tsx";
import { placeTyped, typedPlace } from "./simulation/places.ts";
import type { FormerEdition, SimulationSource } from "./simulation/source.ts";
import type { Trial, Trials } from "./simulation/trials.ts";

const USUAL_CASES = 100_000;
const MOST_CASES = 10_000_000;

/** What another regulation would have done: a limit is moved, the cases of the past are looked at again. */
export function addSimulationPages({ book, get, post }: Ways, trials: Trials): void {
  openPlace("simulations");
  /** An overseer sees what his body decides; whoever operates sees all. */
  const visible = (seat: Seat, source: SimulationSource | undefined): source is SimulationSource =>
    source !== undefined && (seat.only === undefined || source.body === undefined || source.body === seat.only);
  const sourceOf = (seat: Seat, name: string): SimulationSource => {
    const source = trials.source(name);
    if (!visible(seat, source)) throw kernelProblem("not-found");
    return source;
  };

  get("/simulations", ["oversee"], async (seat) => {
    const sources = trials.sources().filter((source) => visible(seat, source));
    const recent = trials.recent().filter(({ source }) => visible(seat, trials.source(source)));
    return SimulationsPage({ book, seat, sources, recent });
  });

  get("/simulations/of/:source", ["oversee"], async (seat, request) => {
    const source = sourceOf(seat, param(request, "source"));
    const wanted: Wanted = { values: {}, over: source.invents ? "invented" : "past", cases: String(USUAL_CASES), from: "" };
    return TryPage({ seat, source, editions: await editionsOf(source), wanted, faults: {} });
  });

  post("/simulations/of/:source", ["oversee"], async (seat, request, reply) => {
    const source = sourceOf(seat, param(request, "source"));
    const editions = await editionsOf(source);
    const { wanted, faults, moves, cases } = readTry(seat, source, typedOf(request.body));
    if (Object.keys(faults).length > 0)
      return sendOwn(request, reply.code(422), TryPage({ seat, source, editions, wanted, faults }));
    const over = wanted.over === "invented" ? "invented" : "past";
    const from = editions.find(({ name }) => name === wanted.from)?.name;
    const trial = trials.begin(
      source,
      { moves, over, cases, seed: 1, ...(from !== undefined && { from }) },
      `${seat.actor.body}/${seat.actor.post}`,
    );
    return reply.redirect(`${pathOf(seat.visit, "simulations")}/${trial.id}`, 303);
  });

  get("/simulations/:id", ["oversee"], async (seat, request) => {
    const trial: Trial | undefined = trials.find(param(request, "id"));
    if (!trial) throw kernelProblem("not-found");
    return TrialPage({ book, seat, source: sourceOf(seat, trial.source), trial });
  });
}

async function editionsOf(source: SimulationSource): Promise<readonly FormerEdition[]> {
  return (await source.editions?.()) ?? [];
}

/** What was typed, with what is wrong with it by the id of its field. */
function readTry(seat: Seat, source: SimulationSource, typed: Typed) {
  const { t } = seat.visit;
  const faults: Faults = {};
  const values: Record<string, string> = {};
  const moves: Record<string, string> = {};
  source.adjustables.forEach(({ name, kind, value }, index) => {
    const shown = typed[`move.${name}`] ?? typedPlace(kind, value).value;
    const given = placeTyped(kind, { before: value, typed: shown });
    values[name] = shown;
    const { unit } = typedPlace(kind, value);
    const asked = unit === kind ? kind : "number";
    if (!mayStand(kind, given)) faults[`place-${index}`] = t(`process.simulating.faults.${asked}`);
    else if (given !== value) moves[name] = given;
  });
  const text = typed.cases ?? "";
  const cases = /^\d{1,9}$/.test(text.replaceAll(/\s/g, "")) ? Number(text.replaceAll(/\s/g, "")) : 0;
  if (cases < 1 || cases > MOST_CASES) faults.cases = t("process.simulating.faults.cases", { most: MOST_CASES });
  const over = source.invents && typed.over === "invented" ? "invented" : "past";
  const wanted: Wanted = { values, over, cases: text, from: typed.from ?? "" };
  return { wanted, faults, moves, cases };
}
