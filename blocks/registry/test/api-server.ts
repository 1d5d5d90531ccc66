import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { IdentityDoor } from "@kerege/identity";
import identityBlock from "@kerege/identity/block";
import { type App, createServer } from "@kerege/kernel/http";
import { silentLog } from "@kerege/kernel/log";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import trust from "@kerege/trust/block";
import registryBlock from "../block.ts";
import type { RegistryDoor } from "../door.ts";

const root = fileURLToPath(new URL("./fixture-api/", import.meta.url));

export interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests look at.
  body: any;
  bytes: Buffer;
}
export type Ask = (
  url: string,
  given?: { method?: "GET" | "POST" | "PUT"; headers?: Record<string, string>; body?: object | string | Buffer },
) => Promise<Answer>;

export interface ApiServer {
  house: TestHouse;
  app: App;
  identity: IdentityDoor;
  registry: RegistryDoor;
  /** Everything the server logged as a fault. */
  faults: string[];
  /** As nobody, as a system of a body, as an official under a post, as a person. */
  nobody: Ask;
  system(body: string): Promise<Ask>;
  official(official: { official: string; body: string; post: string }): Promise<Ask>;
  person(pin: string): Promise<Ask>;
  close(): Promise<void>;
}

/** The block with the blocks it stands on and all their routes, over an installation of its own. */
export async function openApiServer(
  given: { root?: string; country?: string; packs?: string[]; otherFiles?: RegExp } = {},
): Promise<ApiServer> {
  const blocks = [trust, identityBlock, reference, registryBlock].map((block) =>
    block.name === "reference" && given.otherFiles
      ? { ...block, packFiles: [...block.packFiles!, { kind: "other", pattern: given.otherFiles }] }
      : block,
  );
  const house = await openTestHouse(blocks, { root, country: "desk", ...given, at: "2026-11-22T06:00:00Z" });
  const faults: string[] = [];
  const log = {
    ...silentLog,
    fault: (event: string, error: unknown) => void faults.push(`${event}: ${(error as Error)?.stack}`),
  };
  const app = await createServer({ log, texts: house.texts, languages: house.country.languages, country: house.country });
  for (const { opened } of house.opened) {
    await opened.routes?.(app);
    await opened.prepare?.(() => {});
  }
  const identity = house.doors.identity as IdentityDoor;
  const asker =
    (own: Record<string, string>): Ask =>
    async (url, { method = "GET", headers = {}, body } = {}) => {
      const answer = await app.inject({
        method,
        url,
        headers: { host: "test", ...own, ...headers },
        ...(body && { payload: body }),
      });
      const json = String(answer.headers["content-type"]).includes("json") && answer.body !== "";
      return {
        status: answer.statusCode,
        headers: answer.headers as Answer["headers"],
        text: answer.body,
        body: json && !String(answer.headers["content-type"]).includes("jsonl") ? JSON.parse(answer.body) : undefined,
        bytes: answer.rawPayload,
      };
    };
  return {
    house,
    app,
    identity,
    registry: house.doors.registry as RegistryDoor,
    faults,
    nobody: asker({}),
    async system(body) {
      const { secret } = await identity.addClient({ kind: "system", body, name: "test" }, { body, name: `${body} system` });
      return asker({ authorization: `Bearer ${secret}` });
    },
    async official(official) {
      const { token } = await identity.openDemoDesk({ ...official, name: "Адам" }, "");
      return asker({ cookie: `desk=${token}` });
    },
    async person(pin) {
      const { token } = await identity.signInAsDemo({ pin, name: "Адам" }, "");
      return asker({ cookie: `session=${token}` });
    },
    async close() {
      await app.close();
      await house.close();
    },
  };
}

export const API = "/api/registers/v1";

/** An event as a request. */
export function eventOf(
  event: string,
  given: { key?: string; values?: object; validFrom?: string; headers?: Record<string, string>; act?: string },
) {
  const { key, values = {}, validFrom = "2020-01-01", headers = {}, act = randomUUID() } = given;
  return {
    method: "POST" as const,
    headers: { "idempotency-key": act, "content-type": "application/json", ...headers },
    body: { ...(key !== undefined && { key }), event, validFrom, values, document: "Form 1" },
  };
}

/** A question whose values stand in the body. */
export const asking = (body: object) => ({
  method: "POST" as const,
  headers: { "content-type": "application/json" },
  body,
});
