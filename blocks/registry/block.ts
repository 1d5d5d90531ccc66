import { defineBlock } from "@kerege/kernel/block";
import type { ReferenceDoor } from "@kerege/reference";
import { checkRegisters } from "./check.ts";
import type { Agreement, Ground, KnownFact, RegisterDeclaration } from "./declaration.ts";
import type { RegistryDoor } from "./door.ts";
import { problems } from "./problems.ts";
import { createRegistry } from "./registry.ts";
import { publishRegisters } from "./store-publish.ts";
import { makePartitions } from "./store-writes.ts";

const MONTHS_AHEAD = 4;

export default defineBlock<RegistryDoor, { reference: ReferenceDoor }>({
  name: "registry",
  needs: ["reference"],
  problems,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  packFiles: [
    {
      kind: "register",
      pattern: /^registers\/([a-z][a-z0-9_]*)\.yaml$/,
      schema: new URL("./pack/register.schema.json", import.meta.url),
    },
    {
      kind: "ground",
      pattern: /^grounds\/([a-z][a-z0-9-]*)\.yaml$/,
      schema: new URL("./pack/ground.schema.json", import.meta.url),
    },
    {
      kind: "agreement",
      pattern: /^agreements\/([a-z][a-z0-9-]*)\.yaml$/,
      schema: new URL("./pack/agreement.schema.json", import.meta.url),
    },
    {
      kind: "known-fact",
      pattern: /^known-facts\/([a-z][a-z0-9-]*)\.yaml$/,
      schema: new URL("./pack/known-fact.schema.json", import.meta.url),
    },
  ],
  check: checkRegisters,
  async open(means, { reference }) {
    const registers = means.packs.files<RegisterDeclaration>("register").map((file) => file.value);
    const grounds = means.packs.files<Ground>("ground").map((file) => file.value);
    await makePartitions(means.database, means.clock.now(), MONTHS_AHEAD);
    await publishRegisters(means.database, { registers, at: means.clock.now() });
    const timer = setInterval(
      () =>
        void makePartitions(means.database, means.clock.now(), MONTHS_AHEAD).catch((error) =>
          means.log.fault("partitions not made", error),
        ),
      86_400_000,
    );
    timer.unref();
    const registry = createRegistry(means, {
      registers,
      grounds,
      agreements: means.packs.files<Agreement>("agreement").map((file) => file.value),
      facts: means.packs.files<KnownFact>("known-fact").map((file) => file.value),
      codeState: reference.codeState,
      addWorkingDays: reference.addWorkingDays,
    });
    await registry.begin();
    return {
      door: registry.door,
      async close() {
        clearInterval(timer);
        await registry.close();
      },
    };
  },
});
