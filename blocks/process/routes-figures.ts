import { Readable } from "node:stream";
import type { Reply, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import type { Model } from "./engine/model.ts";
import { createPseudonyms, csvOf, xesOf } from "./figures/event-log.ts";
import { type CaseHistory, createFigures, type Figures } from "./figures/figures.ts";
import { type FiguresAsked, FiguresPage, type FiguresShown } from "./figures/page.tsx";
import { histories, months, type Wanted } from "./figures/store.ts";
import { createWorkingTime } from "./figures/working-time.ts";
import { openPlace } from "./pages/frame.tsx";
import type { Seat } from "./pages/seat.ts";
import { typedOf } from "./pages/typed.ts";
import type { Ways } from "./routes-pages.ts";

/** So many cases are looked at while somebody waits for the page; the exports hold all. */
const MOST_CASES = 50_000;

/** How processes run, and the same as a log of events for the tools of process mining. */
export function addFigurePages(ways: Ways): void {
  const { book, get, stream } = ways;
  const { door, reference, means } = book;
  const { database, country } = means;
  openPlace("figures");
  const time = createWorkingTime({ isWorkingDay: reference.workingDay }, country.timeZone);

  const askedOf = async (request: Request): Promise<Omit<FiguresShown, "figures" | "cut" | "stepName" | "roleOf">> => {
    const typed = typedOf(request.query);
    const processes = door.processes();
    const process = processes.find((one) => one === typed.process) ?? processes[0] ?? "";
    const editions = await door.editions();
    const edition = editions.find(({ model, process: of }) => model === typed.edition && of === process)?.model ?? "";
    const known = process === "" ? [] : await months(database, process, country.timeZone);
    // Without a word on it the newest month, so that the first page comes at once.
    const month = typed.month === "" ? "" : (known.find((one) => one === typed.month) ?? known[0] ?? "");
    const asked: FiguresAsked = { process, edition, month, hour: typed.hour ?? "" };
    return { asked, processes, editions, months: known };
  };
  const wantedOf = ({ process, edition, month }: FiguresAsked, seat: Seat): Wanted => ({
    process,
    ...(edition !== "" && { model: edition }),
    ...(seat.only !== undefined && { body: seat.only }),
    ...(month !== "" && monthOf(month, country.timeZone)),
  });
  const namesOf = async (process: string, seat: Seat) => {
    const models = new Map<string, Model>();
    for (const { model } of await door.editions(process)) {
      const found = await book.modelOf(model);
      if (found) models.set(model, found);
    }
    const stepName = book.stepName(process, seat.visit.language);
    const nodeOf = (id: string) => {
      for (const model of models.values()) {
        const index = model.nodeOf.get(id);
        if (index !== undefined) return model.nodes[index];
      }
      return undefined;
    };
    return {
      models,
      stepName: (node: string) => stepName(node, nodeOf(node)?.name ?? "") || node,
      roleOf: (node: string) => {
        const work = nodeOf(node)?.work;
        return work?.kind === "person" ? work.role : undefined;
      },
    };
  };

  get("/figures", ["oversee"], async (seat, request) => {
    const shown = await askedOf(request);
    const { process, hour } = shown.asked;
    const names = await namesOf(process, seat);
    const rate = rateOf(hour);
    const hourFault = rate === undefined ? seat.visit.t("process.figures.hour-fault") : undefined;
    let counted: { figures: Figures; cut: boolean } | undefined;
    if (process !== "") {
      const repeated = (model: string, node: string) => {
        const found = names.models.get(model);
        const index = found?.nodeOf.get(node);
        return index !== undefined && found!.nodes[index]!.repeat !== undefined;
      };
      counted = await countAll(
        histories(database, wantedOf(shown.asked, seat)),
        createFigures({ time, rate: rate ?? 0, repeated }),
      );
    }
    return FiguresPage({
      book,
      seat,
      shown: { ...shown, ...names, cut: false, ...counted, ...(hourFault !== undefined && { hourFault }) },
    });
  });

  for (const kind of ["xes", "csv"] as const)
    stream(`/figures.${kind}`, ["oversee"], async (seat, request, reply) => {
      const { asked } = await askedOf(request);
      if (asked.process === "") throw kernelProblem("not-found");
      const { stepName } = await namesOf(asked.process, seat);
      const given = { pseudonyms: createPseudonyms(), nameOf: (_: string, node: string) => stepName(node) };
      const batches = histories(database, wantedOf(asked, seat));
      const parts = kind === "xes" ? xesOf(batches, { ...given, process: asked.process }) : csvOf(batches, given);
      return sendFile(reply, parts, { kind, name: [asked.process, asked.month].filter(Boolean).join("-") });
    });
}

async function countAll(batches: AsyncIterable<CaseHistory[]>, counting: ReturnType<typeof createFigures>) {
  let cases = 0;
  for await (const batch of batches) {
    for (const history of batch) counting.add(history);
    cases += batch.length;
    if (cases >= MOST_CASES) return { figures: counting.figures(), cut: true };
  }
  return { figures: counting.figures(), cut: false };
}

const TYPES = { xes: "application/xml; charset=utf-8", csv: "text/csv; charset=utf-8" };

function sendFile(reply: Reply, parts: AsyncIterable<string>, { kind, name }: { kind: "xes" | "csv"; name: string }): Reply {
  return reply
    .header("cache-control", "private, no-store")
    .header("content-disposition", `attachment; filename="${name.replaceAll(/[^A-Za-z0-9-]/g, "_")}.${kind}"`)
    .type(TYPES[kind])
    .send(Readable.from(parts));
}

/** Minor units a minute from the cost of an hour; 0 where nothing was typed, undefined for what is no amount. */
export function rateOf(hour: string): number | undefined {
  if (hour === "") return 0;
  return /^\d{1,7}([.,]\d{1,2})?$/.test(hour) ? (Number(hour.replace(",", ".")) * 100) / 60 : undefined;
}

/** Instants between which a month lies in a zone. */
export function monthOf(month: string, zone: string): { from: Date; until: Date } {
  const [year, number] = month.split("-").map(Number) as [number, number];
  const first = (at: number) => new Date(startOf(at, zone));
  return { from: first(Date.UTC(year, number - 1, 1)), until: first(Date.UTC(year, number, 1)) };
}

/** The instant at which clocks of the zone show what those of UTC show at the other. */
function startOf(utc: number, zone: string): number {
  const shown = new Intl.DateTimeFormat("en-CA", {
    ...{
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    },
  });
  const offset = (at: number) => {
    const parts = Object.fromEntries(shown.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!) - at;
  };
  return utc - offset(utc - offset(utc));
}
