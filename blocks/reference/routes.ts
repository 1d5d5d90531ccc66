import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { App } from "@kerege/kernel/http";
import type { Reference } from "./reference.ts";
import { addApiRoutes } from "./routes-api.ts";
import { addPageRoutes } from "./routes-pages.ts";

export type RoutesMeans = Pick<Means, "clock" | "country" | "texts">;

export function addRoutes(app: App, means: RoutesMeans, reference: Reference): void {
  // A right to act ends with the term in the post.
  app.askers.holds = async ({ post, person }) => {
    const today = dayOf(means.clock.now(), means.country.timeZone);
    const { door } = reference;
    return door.post(post) !== undefined && (await door.holder(post, today))?.official === person;
  };
  addApiRoutes(app, means, reference);
  addPageRoutes(app, means, reference);
}
