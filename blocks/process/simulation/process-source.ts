import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Database } from "@kerege/kernel/database";
import type { Multilingual } from "@kerege/kernel/locale";
import type { EditionsDoor } from "../door.ts";
import type { Calendar, Model } from "../engine/model.ts";
import { createWorkingTime } from "../figures/working-time.ts";
import { modelFrom } from "../reading/files.ts";
import type { GroupOf } from "./groups.ts";
import { type PastCase, pastOf } from "./past.ts";
import { readPastCases, writePastCases } from "./past-cases.ts";
import { simulate } from "./simulate.ts";
import type { SimulateHere, SimulationSource } from "./source.ts";
import { keptCases } from "./store.ts";
import { endFinder, movedSide, recordedSide } from "./unchanged.ts";
import { possibleAnswers, type Walking } from "./walk.ts";
import { movedFiles, placesIn } from "./xml-places.ts";

/** What the other thread gets. */
interface Given {
  files: Readonly<Record<string, string>>;
  /** Of the edition it is compared with. */
  before: Readonly<Record<string, string>>;
  zone: string;
  /** Days on which nobody works, `YYYY-MM-DD`, between `first` and `last`. */
  off: readonly string[];
}

const [FIRST, LAST] = ["2000-01-01", "2060-01-01"];
const DAY_MS = 86_400_000;

/** A process of the packs, to be tried on the cases it had. */
export function processSource(
  { database, calendar, door }: { database: Database; calendar: Calendar; door: Pick<EditionsDoor, "editions" | "files"> },
  process: { name: string; title: Multilingual; model: string; files: Readonly<Record<string, string>> },
): SimulationSource {
  const { name, title, model: installed, files } = process;
  return {
    name: `process:${name}`,
    title,
    adjustables: placesIn(files).map(({ name: place, kind, value, of, text }) => ({ name: place, kind, value, of, text })),
    invents: false,
    module: new URL(import.meta.url),
    editions: async () =>
      (await door.editions(name))
        .filter(({ model, missing }) => model !== installed && !missing)
        .map(({ model, validFrom }) => ({ name: model, ...(validFrom !== undefined && { validFrom }) })),
    given: async (from): Promise<Given> => ({
      files,
      before: from === undefined ? files : await door.files(from),
      zone: calendar.zone,
      off: daysOff(calendar),
    }),
    past: () => pastCases(database, name),
    words: () => ({}),
  };
}

function daysOff({ isWorkingDay }: Calendar): string[] {
  const off: string[] = [];
  for (let at = Date.parse(FIRST); at < Date.parse(LAST); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (!isWorkingDay(day)) off.push(day);
  }
  return off;
}

async function* pastCases(database: Database, process: string): AsyncGenerator<PastCase[]> {
  for await (const batch of keptCases(database, { process, over: true })) {
    const cases = batch.flatMap(({ history }) => pastOf(history) ?? []);
    if (cases.length > 0) yield cases;
  }
}

/** In a thread of its own: past cases go into a file first, since what was ever answered has to be known before any is walked. */
export const simulateHere: SimulateHere = async (given, { moves, cases }, { batches, progress }) => {
  const { files, before, zone, off } = given as Given;
  const moved = movedFiles(files, moves);
  if (moved.faults.length > 0) return { faults: moved.faults };
  const calendar = calendarWithout(off, zone);
  const [now, then] = [modelOf(before, calendar), modelOf(moved.files, calendar)];
  if (!now.model || !then.model) return { faults: [...now.faults, ...then.faults] };
  const time = createWorkingTime(calendar, zone);
  const folder = mkdtempSync(path.join(tmpdir(), "kerege-simulation-"));
  try {
    const file = path.join(folder, "cases.past");
    const walking: Walking = { name: "before", model: now.model, days: time.days };
    const { possible, groups } = await gather(batches as AsyncIterable<readonly PastCase[]>, { file, walking, most: cases });
    const past = readPastCases(file);
    const report = simulate(past.cases(), {
      before: recordedSide({ ...walking, possible }),
      after: movedSide({ name: "after", model: then.model, days: time.days, possible }, now.model),
      groups,
      progress,
    });
    past.close();
    return { report };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

async function gather(batches: AsyncIterable<readonly PastCase[]>, given: { file: string; walking: Walking; most: number }) {
  const writer = writePastCases(given.file, {});
  const find = endFinder(given.walking);
  const answers = possibleAnswers([]);
  const kinds = createKinds();
  let left = given.most;
  for await (const batch of batches) {
    for (const one of batch.slice(0, left)) {
      answers.add(one);
      kinds.add(one);
      writer.add(find(one));
    }
    left -= batch.length;
    if (left <= 0) break;
  }
  writer.close();
  return { possible: answers.of, groups: kinds.groups() };
}

/** Most kinds a variable may have to be shown by; a name or a number of a person has more. */
const MOST_KINDS = 20;

/** Variables a case began with that have few values: by them the effect is shown. Small groups are folded as everywhere. */
function createKinds(): { add(one: PastCase): void; groups(): GroupOf<PastCase>[] } {
  const found = new Map<string, Set<string>>();
  return {
    add({ variables }) {
      for (const name in variables) {
        const value = variables[name];
        if (typeof value !== "string" && typeof value !== "boolean") continue;
        const kinds = found.get(name) ?? new Set();
        if (kinds.size <= MOST_KINDS) kinds.add(String(value));
        found.set(name, kinds);
      }
    },
    groups: () =>
      [...found]
        .filter(([, kinds]) => kinds.size > 1 && kinds.size <= MOST_KINDS)
        .map(([by]) => ({
          by,
          band({ variables }) {
            const value = variables[by];
            return typeof value === "string" || typeof value === "boolean" ? String(value) : undefined;
          },
        })),
  };
}

function modelOf(files: Readonly<Record<string, string>>, calendar: Calendar): { model?: Model; faults: string[] } {
  const read = modelFrom(files, { calendar, openNames: true });
  return read.ok ? { model: read.model, faults: [] } : { faults: read.faults.map(({ code, line }) => `${line}: ${code}`) };
}

function calendarWithout(off: readonly string[], zone: string): Calendar {
  const days = new Set(off);
  const isWorkingDay = (day: string) => !days.has(day);
  return {
    zone,
    isWorkingDay,
    addWorkingDays(day, count) {
      let at = Date.parse(`${day}T00:00:00Z`);
      const text = () => new Date(at).toISOString().slice(0, 10);
      for (let left = Math.abs(count); left > 0; ) {
        at += Math.sign(count) * DAY_MS;
        if (isWorkingDay(text())) left--;
      }
      return text();
    },
  };
}
