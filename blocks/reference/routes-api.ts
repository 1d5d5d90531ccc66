import { requestSchema, sendPublic } from "@kerege/kernel/api";
import { dayOf } from "@kerege/kernel/clock";
import { type App, languageOf, type Reply, type Request } from "@kerege/kernel/http";
import { isLanguage, type Language } from "@kerege/kernel/locale";
import { API, type Asked, apiRoutes, editionAsked } from "./api.ts";
import { writeFeed } from "./atom.ts";
import { writeCsv } from "./csv-out.ts";
import { csvCall, describeReference, parameters } from "./openapi.ts";
import { problem } from "./problems.ts";
import type { Reference } from "./reference.ts";
import type { RoutesMeans } from "./routes.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const FEED_LENGTH = 50;

/** The open API of reference data, its description, CSV files and feeds. */
export function addApiRoutes(app: App, means: RoutesMeans, reference: Reference): void {
  const { country, texts } = means;
  const { door, reading } = reference;
  const today = () => dayOf(means.clock.now(), country.timeZone);
  const routes = apiRoutes({ door, reading, today });
  const json = (request: Request, reply: Reply, value: unknown) =>
    sendPublic(request, reply, { type: JSON_TYPE, content: JSON.stringify(value), shared: true });

  for (const route of routes) {
    app.get(`${API}${route.path}`, { schema: requestSchema(route, parameters) }, async (request, reply) => {
      const asked = { path: request.params, query: request.query } as Asked;
      return json(request, reply, await route.run(asked));
    });
  }

  let description: object | undefined;
  app.get(`${API}/openapi.json`, async (request, reply) => {
    description ??= describeReference(routes, texts.translate("en", "reference.pages.title"));
    return json(request, reply, description);
  });

  app.get(`${API}${csvCall.path}`, { schema: requestSchema(csvCall, parameters) }, async (request, reply) => {
    const { name } = request.params as { name: string };
    const query = request.query as { edition?: string };
    const edition = editionAsked(door, name, query.edition ? query : { on: today() });
    const properties = reading.classifiers.get(name)!.declaration.properties ?? [];
    const content = writeCsv(
      door.items(name, { edition }),
      properties.map((property) => property.name),
    );
    reply.header("content-disposition", `attachment; filename="${name}-${edition}.csv"`);
    return sendPublic(request, reply, { type: "text/csv; charset=utf-8; header=present", content, shared: true });
  });

  const feedRoute = requestSchema({ path: "/:name", query: ["language"] }, parameters);
  app.get("/reference/:name/feed.atom", { schema: feedRoute }, async (request, reply) => {
    const { name } = request.params as { name: string };
    const declared = (reading.classifiers.get(name) ?? reading.calendars.get(name))?.declaration;
    if (!declared) throw problem("unknown-classifier", { params: { name } });
    const asked = (request.query as { language?: Language }).language;
    const language = isLanguage(asked) ? asked : languageOf(request, country.languages);
    const content = writeFeed({
      country: country.country,
      name,
      title: declared.title[language],
      owner: door.body(declared.owner)?.name[language] ?? declared.owner,
      language,
      t: texts.of(language),
      publications: await reference.lastPublications(name, FEED_LENGTH),
    });
    // Without a language in the address the answer depends on the cookie and on what the browser asks for.
    return sendPublic(request, reply, { type: "application/atom+xml; charset=utf-8", content, shared: asked !== undefined });
  });
}
