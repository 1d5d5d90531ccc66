import type { Means } from "@kerege/kernel/block";
import type { Plain } from "@kerege/kernel/feel";
import type { ReferenceDoor } from "@kerege/reference";
import type { BindsBy, ProcessDoor } from "../door.ts";
import type { Calendar, Model } from "../engine/model.ts";
import { gatherFiles, modelFrom } from "../reading/files.ts";
import type { DeclaredUpgrade } from "./upgrades.ts";

/** `processes/<name>.yaml` of a pack: from when until when the file beside it binds. */
export interface Term {
  validFrom?: string;
  validUntil?: string;
  by?: BindsBy;
  law: Plain;
}

/** Working time of the country, as the interpreter counts it. */
export function calendarOf(reference: ReferenceDoor, zone: string): Calendar {
  return { zone, addWorkingDays: reference.addWorkingDays, isWorkingDay: reference.workingDay };
}

/** A process of a pack as it is installed. */
export interface Installed {
  readonly model: Model;
  readonly files: Readonly<Record<string, string>>;
}

/** Publishes the processes of packs, and says how those of former times are read again. Faults were told by the check. */
export function publishInstalled(
  means: Pick<Means, "packs" | "country">,
  reference: ReferenceDoor,
  door: ProcessDoor,
): Installed[] {
  const given = { calendar: calendarOf(reference, means.country.timeZone), openNames: true };
  const terms = new Map(means.packs.files<Term>("process-edition").map((file) => [`${file.pack}/${file.name}`, file.value]));
  const installed: Installed[] = [];
  for (const file of means.packs.files<string>("process")) {
    const files = gatherFiles(means.packs, file.value);
    const read = modelFrom(files, given);
    const term = terms.get(`${file.pack}/${file.name}`);
    if (!read.ok) continue;
    door.publish({ model: read.model, owner: "process", files, ...term });
    installed.push({ model: read.model, files });
  }
  door.revive("process", (files) => {
    const read = modelFrom(files, given);
    return read.ok ? read.model : undefined;
  });
  return installed;
}

export function declaredUpgrades({ packs }: Pick<Means, "packs">): DeclaredUpgrade[] {
  return packs.files<Omit<DeclaredUpgrade, "upgrade">>("upgrade").map((file) => ({ ...file.value, upgrade: file.name }));
}
