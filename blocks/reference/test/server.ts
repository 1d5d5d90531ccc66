import { type App, createServer } from "@kerege/kernel/http";
import { silentLog } from "@kerege/kernel/log";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "../block.ts";
import type { ReferenceDoor } from "../door.ts";

export interface TestServer {
  house: TestHouse;
  door: ReferenceDoor;
  app: App;
  get(url: string, headers?: Record<string, string>): Promise<{ status: number; headers: Record<string, unknown>; body: string }>;
  prepare(): Promise<void>;
  close(): Promise<void>;
}

/** The block alone with its routes, over an installation of its own or over the demo country without packs. */
export async function openTestServer(given: { root?: string; country: string }): Promise<TestServer> {
  // The files of other blocks in the folder of the demo country are none of ours.
  const others = { kind: "other", pattern: /^synthetic\/(.+)$/ };
  const block = { ...reference, packFiles: [...reference.packFiles!, others] };
  const house = await openTestHouse([block], { ...given, packs: [] });
  const app = await createServer({
    log: silentLog,
    texts: house.texts,
    languages: house.country.languages,
    country: house.country,
  });
  await house.opened[0]!.opened.routes!(app);
  const prepare = () => house.opened[0]!.opened.prepare!(() => {});
  await prepare();
  return {
    house,
    door: house.doors.reference as ReferenceDoor,
    app,
    prepare,
    async get(url, headers = {}) {
      const answer = await app.inject({ url, headers: { host: "test", ...headers } });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    },
    async close() {
      await app.close();
      await house.close();
    },
  };
}
