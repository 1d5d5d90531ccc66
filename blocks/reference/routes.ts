import type { Means } from "@kerege/kernel/block";
import type { App } from "@kerege/kernel/http";
import type { Reference } from "./reference.ts";
import { addApiRoutes } from "./routes-api.ts";
import { addPageRoutes } from "./routes-pages.ts";

export type RoutesMeans = Pick<Means, "clock" | "country" | "texts">;

export function addRoutes(app: App, means: RoutesMeans, reference: Reference): void {
  addApiRoutes(app, means, reference);
  addPageRoutes(app, means, reference);
}
