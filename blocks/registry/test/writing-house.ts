import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import trust from "@kerege/trust/block";
import registryBlock from "../block.ts";
import { checkChains, checkRegister } from "../consistency.ts";
import type { Values } from "../declaration.ts";
import type { GroundDocument, RegistryDoor } from "../door.ts";
import { compileRegister } from "../store-sql.ts";

const root = fileURLToPath(new URL("./fixture/", import.meta.url));
export const owner: Actor = { kind: "system", body: "library", name: "desk" };
const order: GroundDocument = { kind: "order", number: "7", on: "2020-01-01" };

export interface WritingHouse {
  house: TestHouse;
  registry: RegistryDoor;
  /** Records an event; the document is an order of the library. */
  tell(register: string, event: string, given: Told): Promise<{ key: string; version: number }>;
  open(code: string, values?: Values): Promise<{ key: string; version: number }>;
  read(register: string, key: string): ReturnType<RegistryDoor["read"]>;
  events(type: string): Promise<Record<string, unknown>[]>;
  /** Whether all registers agree with themselves. */
  consistent(): Promise<{ what: string; at: string }[]>;
}
interface Told {
  key: string;
  values?: Values;
  validFrom?: string;
  document?: GroundDocument;
  act?: string;
  version?: number;
  actor?: Actor;
}

/** A house with registers of branches, books and shares of books. */
export async function openWritingHouse(): Promise<WritingHouse> {
  const house = await openTestHouse([trust, reference, registryBlock], {
    root,
    country: "fixture",
    packs: ["fixture", "holdings"],
  });
  const registry = house.doors.registry as RegistryDoor;
  const tell: WritingHouse["tell"] = (register, event, { actor = owner, ...given }) =>
    registry.record(actor, {
      register,
      event,
      act: randomUUID(),
      values: {},
      validFrom: "2020-01-01",
      document: order,
      ...given,
    });
  return {
    house,
    registry,
    tell,
    open: (code, values = {}) =>
      tell("branch", "opening", {
        key: code,
        values: { name: `Борбор ${code.replace(/\d/g, (digit) => "абвгдежзик"[Number(digit)]!)}`, town: "Ош", ...values },
      }),
    read(register, key) {
      const fields = Object.keys(registry.registers().find((one) => one.register === register)!.fields);
      return registry.read(owner, { register, key, fields, ground: "stock" });
    },
    async events(type) {
      const rows = await house.database.rows<{ body: Record<string, unknown> }>({
        text: "select body from kernel.event where type = $1 order by id",
        values: [type],
      });
      return rows.map(({ body }) => body);
    },
    async consistent() {
      const found = [];
      for (const declaration of registry.registers()) {
        const { faults } = await checkRegister(house.database, compileRegister(declaration), "2026-11-22");
        found.push(...faults);
      }
      return [...found, ...(await checkChains(house.database)).faults];
    },
  };
}
