import path from "node:path";
import type { Askers } from "@kerege/kernel/asker";
import { defineBlock } from "@kerege/kernel/block";
import { addCredentials } from "./credentials.ts";
import { createDeskReception } from "./desk-reception.ts";
import { type CertificateDoor, openCertificateDoor } from "./factors/certificate-door.ts";
import { createFactors } from "./factors/factors.ts";
import { createMailCourier } from "./factors/mail.ts";
import { addFactorRoutes } from "./factors/routes.ts";
import { createIdentity } from "./identity.ts";
import { createActing } from "./mandates/acting.ts";
import { createMandates } from "./mandates/mandates.ts";
import { problems } from "./problems.ts";
import { createProvider } from "./provider/provider.ts";
import { appRoutes } from "./provider/routes-apps.ts";
import { programRoutes } from "./provider/routes-programs.ts";
import { openVault } from "./provider/vault.ts";
import type { IdentityDoor } from "./session.ts";
import { settings } from "./settings.ts";

/** Before the house is open no register says anything. */
const NOBODY: Askers["represents"] = { held: async () => [], holds: async () => undefined };

export default defineBlock<IdentityDoor, Record<never, never>, typeof settings>({
  name: "identity",
  needs: [],
  problems,
  settings,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  packFiles: [
    {
      kind: "known-people",
      pattern: /^identity\/(people)\.yaml$/,
      schema: new URL("./pack/people.schema.json", import.meta.url),
    },
  ],
  open(means) {
    let askers: Askers | undefined;
    const mandates = createMandates(means, () => askers?.represents ?? NOBODY);
    // Each ends what the other began: a session of the portal and the session at the provider that it was opened under.
    const identity = createIdentity(means, (providerSession) => provider.endSession(providerSession));
    const provider = createProvider(means, {
      address: means.settings.address,
      deskLevel: means.settings.deskLevel,
      hooks: identity,
    });
    let certificateDoor: CertificateDoor | undefined;
    let doorAddress: string | undefined;
    const vault = openVault(path.join(means.dataFolder, "provider"));
    const { smtp, mailFrom } = means.settings;
    const host = new URL(means.settings.address).hostname;
    const factors = createFactors(means, {
      vault,
      address: means.settings.address,
      ...(smtp && { courier: createMailCourier(means, { vault, smtp, from: mailFrom || `no-reply@${host}`, host }) }),
      endSessions: identity.endAll,
      openDesk: identity.openDesk,
      certificateDoor: () => doorAddress,
    });
    const door: IdentityDoor = { ...identity, ...provider.door, mandates, factors, ...createActing(mandates) };
    return {
      door,
      async routes(app) {
        askers = app.askers;
        addCredentials(app, door, provider.systemOf);
        await provider.routes(app);
        const { languages } = means.country;
        const desks = createDeskReception(app, { identity: door, languages, postOf: (code) => factors.posts.of?.(code) });
        addFactorRoutes({ app, means, factors, identity: door, arrivals: door.arrivals, desks });
        const { claimSources } = provider.door;
        appRoutes({ app, means, factors, identity: door }, { apps: door.apps, claimSources });
        programRoutes({
          app,
          desks,
          identity: door,
          claimSources,
          postName: (code, language) => factors.posts.of?.(code)?.name[language],
          timeZone: means.country.timeZone,
        });
        const { certificatePort: port, certificateKey: key, certificateChain: certificate, address } = means.settings;
        if (port === 0 || key === "" || certificate === "") return;
        certificateDoor = await openCertificateDoor({
          port,
          host: "0.0.0.0",
          files: { key, certificate },
          address,
          shown: async (chain, passage) => factors.ticketOf?.(chain, passage),
        });
        const url = new URL(address);
        doorAddress = `https://${url.hostname}:${port}`;
      },
      async close() {
        await certificateDoor?.close();
        await factors.close();
        await provider.close();
      },
    };
  },
});
