import { defineBlock } from "@kerege/kernel/block";
import { createBound } from "@kerege/kernel/bound";
import { createLog } from "./log/log.ts";
import { addLogRoutes } from "./log/routes.ts";
import { addPersonalRoutes } from "./personal/routes.ts";
import { createSignatures } from "./personal/signatures.ts";
import { createPki, type Pki } from "./pki/pki.ts";
import { addPkiRoutes } from "./pki/routes.ts";
import { problems } from "./problems.ts";
import { addRoutes } from "./routes.ts";
import { addTrustPages } from "./routes-pages.ts";
import { settings } from "./settings.ts";
import { createSigning } from "./signing/signing.ts";
import { createTrust, openTrustAuthority, type TrustDoor } from "./trust.ts";

export default defineBlock<TrustDoor, Record<never, never>, typeof settings>({
  name: "trust",
  needs: [],
  problems,
  settings,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  open(means) {
    const { address, oidArc, qualified } = means.settings;
    const places = { address: address.replace(/\/+$/, ""), arc: oidArc, qualified };
    // Seals are made in the middle of other work, when the table may not be waited for.
    let pki: Pki | undefined;
    const authority = openTrustAuthority(means, { places, issued: (certificate, body) => pki?.sealIssued(certificate, body) });
    const trust = createTrust(means, authority);
    const opened = createPki({ ...means, authority, places });
    pki = opened;
    const signing = createSigning({
      ...means,
      anchors: trust.anchors,
      stamper: () => opened.door.stamper,
      status: opened.door.status,
    });
    const log = createLog({ means, trust, witnesses: means.settings.witnesses });
    const signatures = createSignatures(means, { trust, pki: opened.door });
    const { statusBounds, stampBounds, checkBounds } = means.settings;
    const bounds = {
      status: createBound(statusBounds, means.clock),
      stamp: createBound(stampBounds, means.clock),
      check: createBound(checkBounds, means.clock),
    };
    return {
      door: {
        ...trust,
        revoke(serial) {
          trust.revoke(serial);
          opened.sealRevoked(serial);
        },
        log: log.door,
        pki: opened.door,
        signing: signing.door,
        signatures: signatures.door,
        checkBound: bounds.check,
      },
      async prepare() {
        await log.begin();
        await opened.prepare();
      },
      async routes(app) {
        addRoutes(app, trust);
        await addPkiRoutes(app, opened, bounds);
        addLogRoutes(app, { means, log });
        addPersonalRoutes(app, { means, signatures });
        addTrustPages(app, { means, trust, pki: opened, checkBound: bounds.check });
        // A command that opens the state for a moment leaves the log to the server.
        log.start();
        signing.start();
      },
      async close() {
        signing.stop();
        await log.stop();
        await opened.close();
      },
    };
  },
});
