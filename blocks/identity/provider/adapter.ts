import type { Clock } from "@kerege/kernel/clock";
import { type Adapter, type AdapterPayload, errors } from "oidc-provider";
import { accountMark } from "./apps.ts";
import type { FoundState, StateStore } from "./store-state.ts";
import { digest, type Vault } from "./vault.ts";

export interface AdapterMeans {
  store: StateStore;
  vault: Vault;
  clock: Clock;
  client(id: string): Promise<AdapterPayload | undefined>;
}

/** Seconds; the library names a time for everything it keeps. */
const SHORT = 60;

const sealedModels = new Set([
  "Session",
  "Interaction",
  "Grant",
  "AccessToken",
  "AuthorizationCode",
  "RefreshToken",
  "ClientCredentials",
  "DeviceCode",
  "PushedAuthorizationRequest",
]);

/** Found by whose they are: a person sees and ends them. */
const personal = new Set(["Session", "Grant"]);

/**
 * How the library keeps what it must remember. It looks a code up, and then says that it was used; between the two another request
 * may come, so the second step decides: whoever does not change the row hears that the grant is no good.
 */
export function createAdapter(model: string, means: AdapterMeans): Adapter {
  const { store, vault, clock } = means;
  if (model === "Client") return clientAdapter(means);
  if (!sealedModels.has(model)) throw new RangeError(`nothing of this kind is kept: ${model}`);
  const idHashOf = (id: string) => digest(`${model} ${id}`);
  const read = (found: FoundState | undefined): AdapterPayload | undefined => {
    if (!found) return undefined;
    const payload = JSON.parse(vault.open(found.sealed, found.idHash).toString("utf8")) as AdapterPayload;
    return found.consumedAt ? { ...payload, consumed: Math.floor(found.consumedAt.getTime() / 1000) } : payload;
  };
  return {
    async upsert(id, payload, expiresIn) {
      const idHash = idHashOf(id);
      await store.put({
        idHash,
        model,
        // A grant is no member of itself: it is removed by its own id.
        grantId: payload.grantId,
        uid: payload.uid,
        userCode: payload.userCode,
        account: personal.has(model) && payload.accountId ? accountMark(vault, payload.accountId) : undefined,
        sealed: vault.seal(Buffer.from(JSON.stringify(payload)), idHash),
        expiresAt: new Date(clock.now().getTime() + (expiresIn ?? SHORT) * 1000),
      });
    },
    find: async (id) => read(await store.find(idHashOf(id), clock.now())),
    findByUid: async (uid) => read(await store.findByUid({ model, uid }, clock.now())),
    findByUserCode: async (userCode) => read(await store.findByUserCode({ model, userCode }, clock.now())),
    async consume(id) {
      if (await store.consume(idHashOf(id), clock.now())) return;
      if (model === "PushedAuthorizationRequest") throw new errors.InvalidRequestUri("request_uri was already used");
      throw new errors.InvalidGrant("already used");
    },
    destroy: (id) => store.remove(idHashOf(id)),
    revokeByGrantId: (grantId) => store.removeGrant(model, grantId),
  };
}

function clientAdapter(means: AdapterMeans): Adapter {
  const never = async () => {
    throw new errors.InvalidRequest("programs are registered by the operator");
  };
  return {
    find: means.client,
    upsert: never,
    destroy: never,
    consume: never,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    revokeByGrantId: never,
  };
}
