import { Readable } from "node:stream";
import type { App, Reply, Request } from "@kerege/kernel/http";
import { type Asking, orSignIn, searchOf } from "./api-asking.ts";
import { exportTypes } from "./api-calls.ts";
import { API, type Query, type RegisterApi } from "./api-register.ts";
import { problem } from "./problems.ts";
import { exportFile, type Format } from "./table-file-export.ts";

/** Export of what a search finds. */
export function exportRoutes(app: App, asking: Asking): void {
  const { door, published, apiOf, askerOf, queryOf } = asking;
  const send = async (request: Request, reply: Reply, read: (api: RegisterApi) => Query) => {
    const api = apiOf(request);
    const asker = await askerOf(request);
    const query = read(api);
    const asked = searchOf(published, api, { query, asker });
    const format = (query.format ?? "csv") as Format;
    // What is denied is denied before the first byte; a refusal later on cuts the file off, and whoever takes it sees that.
    const bytes = await orSignIn(asker, () => exportFile(door, asker.actor, { register: api.register, asked, format }));
    return reply
      .type(exportTypes[format])
      .header("cache-control", "private, no-store")
      .header("content-disposition", `attachment; filename="${asked.register}.${format}"`)
      .send(Readable.from(bytes));
  };

  app.get(`${API}/:register/export`, (request, reply) =>
    send(request, reply, (api) => {
      if (api.isHidden(request.query)) throw problem("search-in-address");
      return queryOf(request, api, "exportRecords");
    }),
  );

  app.post(`${API}/:register/export`, (request, reply) =>
    send(request, reply, (api) => api.readBody("postExport", request.body)),
  );
}
