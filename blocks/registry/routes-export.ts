import { Readable } from "node:stream";
import type { App } from "@kerege/kernel/http";
import { type Asking, orSignIn, searchOf } from "./api-asking.ts";
import { exportTypes } from "./api-calls.ts";
import { API } from "./api-register.ts";
import { exportFile, type Format } from "./table-file-export.ts";

/** Export of what a search finds. */
export function exportRoutes(app: App, asking: Asking): void {
  const { door, published, apiOf, askerOf } = asking;

  app.get(`${API}/:register/export`, async (request, reply) => {
    const api = apiOf(request);
    const asker = await askerOf(request);
    const query = api.read("exportRecords", request.query);
    const asked = searchOf(published, api, { query, asker });
    const format = (query.format ?? "csv") as Format;
    // What is denied is denied before the first byte; a refusal later on cuts the file off, and whoever takes it sees that.
    const bytes = await orSignIn(asker, () => exportFile(door, asker.actor, { register: api.register, asked, format }));
    return reply
      .type(exportTypes[format])
      .header("cache-control", "private, no-store")
      .header("content-disposition", `attachment; filename="${asked.register}.${format}"`)
      .send(Readable.from(bytes));
  });
}
