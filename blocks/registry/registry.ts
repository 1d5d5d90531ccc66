import type { Means } from "@kerege/kernel/block";
import type { Ground, RegisterDeclaration } from "./declaration.ts";
import type { RegistryDoor } from "./door.ts";
import { createReading } from "./reading.ts";
import { createRecording } from "./recording.ts";
import { publishedOf } from "./registers.ts";
import type { KnowsCode } from "./values.ts";

export interface RegistryNeeds {
  registers: RegisterDeclaration[];
  grounds: Ground[];
  knowsCode: KnowsCode;
}

/** The use cases of the registers. */
export function createRegistry(means: Means, needs: RegistryNeeds): RegistryDoor {
  const published = publishedOf(needs.registers, needs.grounds);
  return {
    ...createReading(means, published),
    ...createRecording(means, { published, knowsCode: needs.knowsCode }),
    registers: () => needs.registers,
    grounds: () => needs.grounds,
  };
}
