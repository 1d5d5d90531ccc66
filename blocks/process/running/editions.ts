import type { Clock } from "@kerege/kernel/clock";
import type { Database } from "@kerege/kernel/database";
import type { BindsBy, Dates, EditionsDoor, EditionView, Publication } from "../door.ts";
import type { Model } from "../engine/model.ts";
import { problem } from "../problems.ts";
import { createEditionStore } from "./store-edition.ts";

export interface Editions extends EditionsDoor {
  /** A published model. @throws {Problem} `process.no-such-model` */
  installed(hash: string): Model;
  /** The edition of each process that is in force on the day. */
  inForce(day: string): Model[];
  /** Those of them that speak of the message or signal outside of any sub-process, and so may begin by it. */
  begunBy(kind: "message" | "signal", name: string, day: string): Model[];
  /** Writes what was published. */
  keep(): Promise<void>;
}

type Installed = Publication & { by: BindsBy };

/** Editions of processes: those that are installed, and those of former times that cases still run on. */
export function createEditions(means: { database: Database; clock: Clock }): Editions {
  const store = createEditionStore(means.database);
  const installed = new Map<string, Installed>();
  const makers = new Map<string, (files: Readonly<Record<string, string>>, hash: string) => Model | undefined>();
  const former = new Map<string, Promise<Model | undefined>>();
  let kept = new Set<string>();

  const ofProcess = (process: string) => [...installed.values()].filter(({ model }) => model.process === process);
  /** The law of the later term goes before. */
  const inForce = (process: string, dates: Dates): Model | undefined =>
    ofProcess(process)
      .filter(({ validFrom, validUntil, by }) => {
        const day = dates[by] ?? dates.application;
        return (validFrom === undefined || validFrom <= day) && (validUntil === undefined || day < validUntil);
      })
      .reduce<Installed | undefined>(
        (latest, one) => (!latest || (one.validFrom ?? "") > (latest.validFrom ?? "") ? one : latest),
        undefined,
      )?.model;

  const make = async (hash: string): Promise<Model | undefined> => {
    const row = await store.find(hash);
    const model = row && makers.get(row.owner)?.(row.files, hash);
    // What the maker gives now must be what the cases began under: another reading of the same text is another edition.
    return model?.hash === hash ? model : undefined;
  };

  return {
    publish(publication) {
      installed.set(publication.model.hash, { ...publication, by: publication.by ?? "application" });
      former.delete(publication.model.hash);
    },
    revive(owner, maker) {
      makers.set(owner, maker);
    },
    editionFor(process, dates) {
      const model = inForce(process, dates);
      if (!model) throw problem("no-edition", { params: { process, day: dates.application } });
      return model;
    },
    nameOf(process, language) {
      const own = ofProcess(process);
      return own.findLast(({ title }) => title !== undefined)?.title?.[language] ?? (own.at(-1)?.model.name || process);
    },
    wordOf: (process, name, language) => ofProcess(process).findLast(({ words }) => words?.[name])?.words?.[name]?.[language],
    actOf: (process, act, language) => ofProcess(process).findLast(({ acts }) => acts?.[act])?.acts?.[act]?.[language] ?? act,
    processes: () => [...new Set([...installed.values()].map(({ model }) => model.process))].sort(),
    installed(hash) {
      const found = installed.get(hash)?.model;
      if (!found) throw problem("no-such-model");
      return found;
    },
    inForce: (day) =>
      [...new Set([...installed.values()].map(({ model }) => model.process))].flatMap(
        (process) => inForce(process, { application: day }) ?? [],
      ),
    begunBy(kind, name, day) {
      return this.inForce(day).filter(({ nodes }) =>
        nodes.some(
          ({ scope, events, work }) =>
            scope === 0 &&
            (events.some((event) => event.kind === kind && event.name === name) ||
              (kind === "message" && work?.kind === "message" && work.name === name)),
        ),
      );
    },
    async model(hash) {
      const present = installed.get(hash)?.model;
      if (present) return present;
      let made = former.get(hash);
      if (!made) {
        made = make(hash);
        former.set(hash, made);
        // What could not be made may be another time: a block that makes it may be opened later.
        void made.then(
          (model) => model || former.delete(hash),
          () => former.delete(hash),
        );
      }
      const model = await made;
      if (!model) throw problem("no-such-model");
      return model;
    },
    async files(hash) {
      const files = installed.get(hash)?.files ?? (await store.find(hash))?.files;
      if (!files) throw problem("no-such-model");
      return files;
    },
    async editions(process) {
      await this.keep();
      const rows = await store.editions(process);
      return Promise.all(
        rows.map(
          async ({ model, ...row }): Promise<EditionView> => ({
            ...row,
            model,
            missing: await this.model(model).then(
              () => false,
              () => true,
            ),
          }),
        ),
      );
    },
    async keep() {
      const fresh = [...installed.values()].filter(({ model }) => !kept.has(model.hash));
      if (fresh.length === 0) return;
      const hashes = new Set(installed.keys());
      await store.keep(fresh, means.clock.now());
      kept = hashes;
    },
  };
}
