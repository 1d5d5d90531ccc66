import { openTestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import synthetic from "../block.ts";
import { readModel } from "../model.ts";
import { readPlaces } from "../places.ts";
import { generateWorld } from "../world.ts";

const house = await openTestHouse([{ ...reference, packFiles: [...reference.packFiles!, ...synthetic.packFiles!] } as any], {
  packs: [],
});
const { model, names } = readModel(house.packs)!;
const what = process.argv[2]!;
for (const c of generateWorld({
  seed: 20261122,
  today: "2026-11-22",
  model,
  names,
  places: readPlaces(house.doors.reference as any, model),
  count: 10000,
})) {
  const s = [...c.right, ...c.right_opening, ...c.right_passing].filter((r: any) => JSON.stringify(r).includes(what));
  if (s.length) {
    for (const r of s) console.log(JSON.stringify(r));
    for (const r of s as any[])
      if (r.pin)
        console.log(
          JSON.stringify(c.death.filter((d) => d.pin === r.pin)),
          JSON.stringify(c.person.find((p) => p.pin === r.pin)),
        );
  }
}
await house.close();
