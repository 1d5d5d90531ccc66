import { defineBlock } from "@kerege/kernel/block";
import { createBound } from "@kerege/kernel/bound";
import { dayOf } from "@kerege/kernel/clock";
import type { ReferenceDoor } from "@kerege/reference";
import type { TrustDoor } from "@kerege/trust";
import { createArchive } from "./archive.ts";
import { checkRegisters } from "./check.ts";
import { checkMandates } from "./check-mandates.ts";
import { checkPassports } from "./check-passports.ts";
import type { Agreement, Ground, KnownFact, RegisterDeclaration } from "./declaration.ts";
import type { RegistryDoor } from "./door.ts";
import { stateLog } from "./feed.ts";
import { openPassports } from "./passport-job.ts";
import { problems } from "./problems.ts";
import { createRegistry, type RegistryNeeds } from "./registry.ts";
import { createRepresentation, type MandateDeclaration } from "./representation.ts";
import { addRoutes } from "./routes.ts";
import { addPages } from "./routes-desk.ts";
import { settings } from "./settings.ts";
import { publishRegisters } from "./store-publish.ts";

export default defineBlock<RegistryDoor, { trust: TrustDoor; reference: ReferenceDoor }, typeof settings>({
  name: "registry",
  needs: ["trust", "reference"],
  problems,
  settings,
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
    {
      kind: "mandate",
      pattern: /^mandates\/([a-z][a-z-]*)\.yaml$/,
      schema: new URL("./pack/mandate.schema.json", import.meta.url),
    },
    {
      kind: "register-of-registers",
      pattern: /^(register-of-registers)\.yaml$/,
      schema: new URL("./pack/register-of-registers.schema.json", import.meta.url),
    },
  ],
  check(packs, report) {
    checkRegisters(packs, report);
    checkPassports(packs, report);
    checkMandates(packs, report);
  },
  async open(means, { trust, reference }) {
    const registers = means.packs.files<RegisterDeclaration>("register").map((file) => file.value);
    const grounds = means.packs.files<Ground>("ground").map((file) => file.value);
    const stopArchive = await createArchive(means, { monthsKept: means.settings.monthsKept }).begin();
    await publishRegisters(means.database, { registers, at: means.clock.now() });
    const needs: RegistryNeeds = {
      registers,
      grounds,
      agreements: means.packs.files<Agreement>("agreement").map((file) => file.value),
      facts: means.packs.files<KnownFact>("known-fact").map((file) => file.value),
      log: { ...stateLog(trust.log), prove: trust.log.prove, places: trust.log.places },
      codeState: reference.codeState,
      addWorkingDays: reference.addWorkingDays,
      bodyTitle: (code) => (reference.classifiers().includes("bodies") ? reference.body(code)?.name : undefined),
    };
    const registry = createRegistry(means, needs);
    await registry.begin();
    const passports = openPassports(means, { door: registry.door, bodyTitle: needs.bodyTitle, agreements: needs.agreements });
    return {
      door: registry.door,
      routes(app) {
        app.askers.represents = createRepresentation(
          means.packs.files<MandateDeclaration>("mandate").map((file) => file.value),
          { ...registry, today: () => dayOf(means.clock.now(), means.country.timeZone) },
        );
        addRoutes(app, means, registry);
        const { door, rehearse, addresses, asked } = registry;
        const openBound = createBound(means.settings.openBounds, means.clock);
        addPages(app, { means, door, reference, agreements: needs.agreements, rehearse, addresses, asked, openBound });
      },
      prepare: passports.prepare,
      async close() {
        stopArchive();
        passports.stop();
        await registry.close();
      },
    };
  },
});
