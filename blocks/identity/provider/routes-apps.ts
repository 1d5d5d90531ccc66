import type { App, Request } from "@kerege/kernel/http";
import { type Entrance, sendPage, sessionOf, visitIn } from "../factors/entrance.ts";
import type { Apps } from "./apps.ts";
import { AppsPage } from "./pages/apps.tsx";
import type { ClaimSources } from "./provider.ts";

/** Where a person sees the programs that know him or her, and takes it back. Of whatever level: what was agreed to is one's own to end. */
export function appRoutes(
  entrance: Pick<Entrance, "app" | "means" | "factors" | "identity">,
  given: { apps: Apps; claimSources: Pick<ClaimSources, "bodyName"> },
): void {
  const app: App = entrance.app;
  const { apps, claimSources } = given;
  const { timeZone } = entrance.means.country;

  app.get("/:language/cabinet/apps", async (request, reply) => {
    const visit = await visitIn(entrance, request);
    const { pin } = await sessionOf(entrance, request);
    const shown = (await apps.list(pin)).map((one) => ({
      ...one,
      owner: claimSources.bodyName?.(one.program.body, visit.language) ?? one.program.body,
    }));
    return sendPage(request, reply, AppsPage({ visit, timeZone, apps: shown }));
  });

  app.post("/:language/cabinet/apps/:id/withdraw", async (request: Request, reply) => {
    const visit = await visitIn(entrance, request);
    const { pin } = await sessionOf(entrance, request);
    await apps.withdraw(pin, (request.params as { id: string }).id);
    return reply.redirect(`/${visit.language}/cabinet/apps`, 303);
  });
}
