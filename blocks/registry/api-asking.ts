import { type Actor, wholeSubjectOf } from "@kerege/kernel/actor";
import type { App, Request } from "@kerege/kernel/http";
import { kernelProblem, Problem } from "@kerege/kernel/problem";
import { type Addresses, API_PLACE } from "./addresses.ts";
import { reasonIn } from "./api-body.ts";
import { API, type Query, type RegisterApi, registerApi } from "./api-register.ts";
import type { Ground } from "./declaration.ts";
import type { ReadRequest, RegistryDoor, SearchRequest } from "./door.ts";
import { MINE } from "./own-keys.ts";
import { problem } from "./problems.ts";
import type { Published } from "./registers.ts";

/** Who asks; `known` where credentials came. */
export interface Asker {
  actor: Actor;
  known: boolean;
}

/** A reader of no body, whom only grounds open to anyone let in. */
const ANYONE: Actor = { kind: "system", body: "", name: "anyone" };

export interface Asking {
  door: RegistryDoor;
  published: Published;
  /** The API of the register that a request names. @throws {Problem} `registry.unknown-register` */
  apiOf(request: Request): RegisterApi;
  askerOf(request: Request): Promise<Asker>;
  /** The query of a request, with the reason of its header. @throws {Problem} `kernel.invalid-input` */
  queryOf(request: Request, api: RegisterApi, call: string): Query;
  /** The key of the record that an address names. @throws {Problem} `registry.key-in-address` where it is no name made here */
  keyIn(request: Request, api: RegisterApi, asker: Asker): string;
  /** How a record is named in addresses. */
  idOf(api: RegisterApi, key: string): string;
  /** Its address. */
  addressOf(api: RegisterApi, key: string): string;
  /** Somebody who may change something: a body, by its system or its official. @throws {Problem} `kernel.sign-in-needed`, `registry.not-owner` */
  clerkOf(request: Request): Promise<Actor>;
}

export function createAsking(
  app: App,
  { door, published, addresses }: { door: RegistryDoor; published: Published; addresses: Addresses },
): Asking {
  const apis = new Map<string, RegisterApi>();
  const apiOf = (request: Request) => {
    const { register: name } = request.params as { register: string };
    let api = apis.get(name);
    if (!api) {
      api = registerApi(published.register(name));
      apis.set(name, api);
    }
    return api;
  };
  const nameOf = ({ register }: RegisterApi) => register.declaration.register;
  const idOf = (api: RegisterApi, key: string) => addresses.name({ register: nameOf(api), key }, API_PLACE);
  return {
    door,
    published,
    apiOf,
    queryOf(request, api, call) {
      const query = api.read(call, request.query);
      const reason = reasonIn(request.headers);
      return reason === undefined ? query : { ...query, reason };
    },
    keyIn(request, api, { actor, known }) {
      const { record } = request.params as { record: string };
      const register = nameOf(api);
      if (record === MINE && !addresses.readable(register)) {
        if (!known) throw kernelProblem("sign-in-needed");
        if (actor.kind === "person") return wholeSubjectOf(actor);
      }
      const key = addresses.key({ register, name: record }, API_PLACE);
      if (key === undefined) throw problem("key-in-address", { params: { register } });
      return key;
    },
    idOf,
    addressOf: (api, key) => `${API}/${nameOf(api)}/records/${encodeURIComponent(idOf(api, key))}`,
    async askerOf(request) {
      const actor = await app.askers.of(request);
      return actor ? { actor, known: true } : { actor: ANYONE, known: false };
    },
    async clerkOf(request) {
      const actor = await app.askers.need(request);
      const { register } = apiOf(request).register.declaration;
      if (actor.kind === "person") throw notOwner(register);
      return actor;
    },
  };
}

const notOwner = (register: string) => problem("not-owner", { params: { register } });

/** What is denied to somebody who has not said who he is may be allowed when he does. */
export async function orSignIn<Result>({ known }: Asker, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!known && error instanceof Problem && error.code === "registry.no-ground")
      throw kernelProblem("sign-in-needed", { cause: error });
    throw error;
  }
}

/** What every reading is asked with: ground, fields, case, reason. */
export function readingOf(
  { grounds }: { grounds: Ground[] },
  { register }: RegisterApi,
  { query, asker }: { query: Query; asker: Asker },
): Pick<ReadRequest, "register" | "fields" | "ground" | "case" | "reason"> {
  const name = register.declaration.register;
  const { ground = "", case: of, reason } = query;
  if (of !== undefined && !asker.known) throw kernelProblem("sign-in-needed");
  const declared = register.expanded.declared.fields;
  const named = query.fields?.split(",");
  const strange = named?.find((field) => !Object.hasOwn(declared, field));
  if (strange !== undefined) throw problem("unknown-field", { params: { register: name, field: strange } });
  const allowed = grounds.find((one) => one.ground === ground)?.reads[name] ?? [];
  const all = Object.keys(declared).filter((field) => allowed.includes(field));
  return {
    register: name,
    // Where the ground allows nothing the key is asked for, and denied.
    fields: named ?? (all.length > 0 ? all : [register.declaration.key]),
    ground,
    ...(of !== undefined && { case: of }),
    ...(reason !== undefined && { reason }),
  };
}

/** A search as a query asks it. @throws {Problem} `kernel.invalid-input` and those of `readingOf` */
export function searchOf(
  declared: { grounds: Ground[] },
  api: RegisterApi,
  { query, asker }: { query: Query; asker: Asker },
): SearchRequest {
  const { name, values } = api.condition(query);
  return {
    ...readingOf(declared, api, { query, asker }),
    condition: name,
    values,
    closed: query.closed === "true",
    ...(query.after !== undefined && { after: query.after }),
    ...(query.limit !== undefined && { limit: Number(query.limit) }),
  };
}
