import { createHash } from "node:crypto";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import { isDuplicate } from "@kerege/kernel/database";
import { type Language, languages, type Multilingual } from "@kerege/kernel/locale";
import { Problem } from "@kerege/kernel/problem";
import { skeleton } from "@kerege/kernel/skeleton";
import type { ReferenceDoor } from "@kerege/reference";
import type { RegisterDeclaration, RegistryDoor } from "@kerege/registry";
import type { Model } from "./declaration.ts";
import {
  type Chunk,
  type DemoPerson,
  type Face,
  type PeopleDeclaration,
  type Progress,
  roles,
  type SyntheticDoor,
} from "./declaration.ts";
import { type CompiledStep, compileStep, type MappedRow } from "./mapping.ts";
import { readModel } from "./model.ts";
import { readPlaces } from "./places.ts";
import { problem } from "./problems.ts";
import { residentsOf } from "./residents.ts";
import { type Batch, createStore } from "./store.ts";
import { generateChunks } from "./world.ts";

export interface SyntheticNeeds {
  reference: ReferenceDoor;
  registry: RegistryDoor;
}

/** Chunks put into the registers at one go; some 1,000 people. */
const chunksOfBatch = 16;
/** A slice of a load is one transaction of the registers: all of it is there or nothing. */
const rowsOfSlice = 2000;
const acts = 64;

/** The use cases of invented people. */
export function createSynthetic(
  means: Means,
  { reference, registry }: SyntheticNeeds,
): SyntheticDoor & { ensureAtStart(progress: Progress): Promise<void> } {
  const store = createStore(means.database);
  const { country } = means;
  const steps = means.packs
    .files<PeopleDeclaration>("people")
    // A stable order: packs as they stand on each other, within a turn.
    .sort((a, b) => (a.value.turn ?? 1) - (b.value.turn ?? 1))
    .flatMap(({ value }) => value.steps.map((step) => compileStep(step, value.document)));
  const registers = new Map(registry.registers().map((register) => [register.register, register]));

  const demanded = () => {
    if (!country.demo || !country.people) throw problem("not-a-demo");
    const told = readModel(means.packs);
    if (!told || steps.length === 0) throw problem("no-model");
    return { ...told, seed: country.people.seed };
  };

  const ensure = async (count: number, progress: Progress = () => {}): Promise<number> => {
    const { model, names, seed } = demanded();
    return store.alone(async () => {
      await store.begin({ seed, today: dayOf(means.clock.now(), country.timeZone), chunks: 0, living: 0 }, means.clock.now());
      const world = (await store.world())!;
      if (world.seed !== seed) throw problem("other-world", { params: { seed: world.seed } });
      let living = world.living;
      const begun = await store.batch();
      if (living >= count && !begun) return living;
      const places = readPlaces(reference, model);
      const chunks = generateChunks({ seed, today: world.today, model, places, names });
      for (let passed = 0; passed < world.chunks; passed++) chunks.next();
      let resumed: Batch | undefined = begun;
      while (living < count || resumed) {
        const batch = gather(chunks, { from: resumed?.fromChunk ?? 0, until: resumed?.untilChunk, wanted: count - living });
        const place: Batch = resumed ?? { fromChunk: batch[0]!.number, untilChunk: batch.at(-1)!.number + 1, steps: 0 };
        if (!resumed) await store.beginBatch(place);
        await putIn(batch, { place, resumed: resumed !== undefined });
        const residents = batch.flatMap(residentsOf);
        await store.endBatch(place, {
          residents,
          faces: batch.flatMap((chunk) => chunk.faces),
          order: (face) => roles.indexOf(face.role),
        });
        living += residents.length;
        resumed = undefined;
        progress("synthetic.progress.made", { made: living, wanted: Math.max(count, living) });
      }
      return living;
    });
  };

  const putIn = async (batch: Chunk[], how: { place: Batch; resumed: boolean }): Promise<void> => {
    for (const [number, compiled] of steps.entries()) {
      if (number < how.place.steps) continue;
      const register = registers.get(compiled.step.register)!;
      const rows = batch.flatMap((chunk) => compiled.rows(chunk));
      // The step that was broken off may have been done in part; those after it were not begun.
      const again = how.resumed && number === how.place.steps;
      if (register.events[compiled.step.event]!.creates) await load({ compiled, register, rows, again });
      else await record({ compiled, register, rows, number });
      await store.stepDone(how.place.fromChunk);
    }
  };

  const load = async (work: {
    compiled: CompiledStep;
    register: RegisterDeclaration;
    rows: MappedRow[];
    again: boolean;
  }): Promise<void> => {
    const { compiled, register, rows, again } = work;
    for (let start = 0; start < rows.length; start += rowsOfSlice) {
      const slice = rows.slice(start, start + rowsOfSlice);
      try {
        await registry.load(ownerOf(register), {
          register: register.register,
          event: compiled.step.event,
          document: compiled.document,
          rows: slice,
        });
      } catch (error) {
        if (!again || !isThere(error)) throw error;
      }
    }
  };

  const record = async (work: {
    compiled: CompiledStep;
    register: RegisterDeclaration;
    rows: MappedRow[];
    number: number;
  }): Promise<void> => {
    const { compiled, register, rows, number } = work;
    const one = (row: MappedRow) => {
      const act = actOf([country.people!.seed, number, register.register, row.key, row.validFrom]);
      const { key, values, validFrom } = row;
      return registry.record(ownerOf(register), {
        register: register.register,
        event: compiled.step.event,
        document: compiled.document,
        act,
        key,
        values,
        validFrom,
      });
    };
    // Acts of one person keep their order; those of different people may run side by side.
    const lanes = Array.from({ length: acts }, (): MappedRow[] => []);
    const laneOf = new Map<string, number>();
    for (const row of rows) {
      if (!laneOf.has(row.key)) laneOf.set(row.key, laneOf.size % acts);
      lanes[laneOf.get(row.key)!]!.push(row);
    }
    await Promise.all(
      lanes.map(async (lane) => {
        for (const row of lane) await one(row);
      }),
    );
  };

  return {
    ensure,
    async ensureAtStart(progress) {
      if (!country.demo || !country.people || steps.length === 0 || !readModel(means.packs)) return;
      await ensure(country.people.count, progress);
    },
    async findPeople(text, limit = 20) {
      if (!country.demo) throw problem("not-a-demo");
      const found = skeleton(text) === "" ? [] : await store.residents(text.trim().slice(0, 100), Math.min(limit, 50));
      return found.map(({ pin, name, place }) => ({ pin, name, place: placeName(place) }));
    },
    async demoPeople(limit = roles.length) {
      if (!country.demo) throw problem("not-a-demo");
      const faces = await store.faces(limit);
      return faces.map((face): DemoPerson => describe(face));
    },
  };

  function placeName(code: string): Multilingual {
    // Without the list of names, which would be read anew for each person of the sign-in page.
    const places = means.packs.files<Model>("people-model")[0]?.value.places;
    const item = places === undefined ? undefined : reference.item(places, code);
    return item?.name ?? inAll(() => code);
  }

  function describe(face: Face): DemoPerson {
    const place = placeName(face.place);
    return {
      pin: face.pin,
      name: face.name,
      role: face.role,
      place,
      about: inAll((language) => means.texts.translate(language, `synthetic.people.${face.role}`, { place: place[language] })),
    };
  }
}

function inAll(say: (language: Language) => string): Multilingual {
  return Object.fromEntries(languages.map((language) => [language, say(language)])) as Multilingual;
}

function gather(chunks: Generator<Chunk>, how: { from: number; until?: number; wanted: number }): Chunk[] {
  const batch: Chunk[] = [];
  let living = 0;
  while (
    how.until === undefined
      ? batch.length < chunksOfBatch && living < how.wanted
      : (batch.at(-1)?.number ?? how.from - 1) + 1 < how.until
  ) {
    const chunk = chunks.next().value as Chunk;
    batch.push(chunk);
    living += chunk.living;
  }
  return batch;
}

/** The owner of a register enters what is in it. */
function ownerOf(register: RegisterDeclaration): Actor {
  return { kind: "system", body: register.owner, name: "synthetic" };
}

function isThere(error: unknown): boolean {
  return isDuplicate(error) || (error instanceof Problem && error.code === "registry.exists-already");
}

/** The same act has the same identifier whenever it is tried (UUID version 8, RFC 9562, 5.8). */
function actOf(parts: (string | number)[]): string {
  const hex = createHash("sha256").update(parts.join("/")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
