import { randomBytes } from "node:crypto";
import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { isDuplicate } from "@kerege/kernel/database";
import type { ClientMetadata } from "oidc-provider";
import { problem } from "../problems.ts";
import { keptOwnPrograms } from "./own-programs.ts";
import { faultsOf, type Profile, type Program, type ProgramDeclaration, programOf } from "./program.ts";
import {
  createProgramStore,
  type KeptProgram,
  type ProgramAct,
  type ProgramActRecord,
  type ProgramChange,
} from "./store-programs.ts";
import { digest, type Vault } from "./vault.ts";

/** What a suspended or ended program may still do on other nodes. */
const KEPT_MS = 1000;
const HOUR_MS = 3_600_000;

export interface Programs {
  /** @throws {Problem} `identity.wrong-program` with every fault, `identity.program-exists`. A secret is given once. */
  register(actor: Actor, declared: unknown): Promise<{ program: Program; secret?: string }>;
  list(): Promise<Program[]>;
  /** One that may sign people in and ask; undefined for one that is suspended or gone. */
  find(id: string): Promise<Program | undefined>;
  /** Also one that is suspended. @throws {Problem} `identity.no-such-program` */
  read(id: string): Promise<Program>;
  /** @throws {Problem} `identity.no-such-program` */
  suspend(actor: Actor, id: string): Promise<void>;
  resume(actor: Actor, id: string): Promise<void>;
  /** For good: whoever comes with its tokens is refused from then on, and its id is not given again. */
  end(actor: Actor, id: string): Promise<void>;
  /** @throws {Problem} `identity.wrong-program` with what is wrong, `identity.no-such-program` */
  changeTerms(actor: Actor, id: string, terms: { agreement: string; quota: number }): Promise<void>;
  /** A new secret in place of the former, which is refused at once; given once. @throws {Problem} `identity.no-such-program` */
  renewSecret(actor: Actor, id: string): Promise<string>;
  /** @throws {Problem} `identity.wrong-program`, `identity.no-such-program` */
  replaceKeys(actor: Actor, id: string, keys: unknown): Promise<void>;
  /** What was done to it, newest first. */
  acts(id: string): Promise<ProgramActRecord[]>;
  /** What it asked in the minutes of the last hour that are kept: the most in one of them. */
  busiest(id: string): Promise<number>;
}

export interface ProgramBook extends Programs {
  metadata(id: string): Promise<ClientMetadata | undefined>;
  /** Secret of one of the house's own programs; kept nowhere, made of the key of the data folder. */
  secretOf(id: string): string;
}

/** @param given.issuer address of the provider; the portal of the house is a program at the same origin */
export function createPrograms(means: Means, given: { vault: Vault; issuer: string }): ProgramBook {
  const store = createProgramStore(means.database);
  const secretOf = (id: string) => given.vault.veil("own program", id);
  const own = keptOwnPrograms(new URL(given.issuer).origin, secretOf);
  const recent = new Map<string, { found: KeptProgram | undefined; until: number }>();
  const read = async (id: string): Promise<KeptProgram | undefined> => {
    const mine = own.get(id);
    if (mine) return mine;
    const now = means.clock.now().getTime();
    const known = recent.get(id);
    if (known && known.until > now) return known.found;
    const found = id.length <= 60 ? await store.find(id) : undefined;
    if (recent.size > 10_000) recent.clear();
    recent.set(id, { found, until: now + KEPT_MS });
    return found;
  };
  const change = async (actor: Actor, id: string, given: { act: ProgramAct; change: ProgramChange; detail?: string }) => {
    const at = means.clock.now();
    const done = { id: means.ids.next(), at, by: actorKey(actor), act: given.act, detail: given.detail ?? null };
    const changed = await means.database.transaction((tx) => store.change(tx, { program: id, change: given.change, done }));
    recent.delete(id);
    if (!changed) throw problem("no-such-program");
  };
  const readProgram = async (id: string): Promise<Program> => {
    const found = id.length <= 60 ? await store.find(id) : undefined;
    if (!found) throw problem("no-such-program");
    return shown(found);
  };
  /** With a part exchanged it has to be a declaration that would be taken anew. */
  const check = (program: Program, changed: Partial<ProgramDeclaration>) => {
    const { agreement, backChannelUri, keys, addedAt: _, suspendedAt: __, ...rest } = program;
    const declared = {
      ...rest,
      ...(agreement !== null && { agreement }),
      ...(backChannelUri !== null && { backChannelUri }),
      ...(keys !== null && { keys }),
      ...changed,
    };
    const faults = faultsOf(declared, { demo: means.country.demo });
    if (faults.length > 0) throw problem("wrong-program", { fields: faults });
    return programOf(declared);
  };
  const active = async (id: string) => {
    const found = await read(id);
    return found?.suspendedAt ? undefined : found;
  };
  return {
    secretOf,
    async register(actor, declared) {
      const faults = faultsOf(declared, { demo: means.country.demo });
      if (faults.length > 0) throw problem("wrong-program", { fields: faults });
      const program = { ...programOf(declared as ProgramDeclaration), addedAt: means.clock.now(), suspendedAt: null };
      const secret = program.authMethod === "client_secret_basic" ? randomBytes(32).toString("base64url") : undefined;
      try {
        const by = actorKey(actor);
        const done = { id: means.ids.next(), at: program.addedAt, by, act: "registered" as const, detail: null };
        const kept = { ...program, secretHash: secret ? digest(secret) : null, by };
        await means.database.transaction((tx) => store.insert(tx, kept, done));
      } catch (error) {
        throw isDuplicate(error) ? problem("program-exists", { params: { id: program.id } }) : error;
      }
      recent.delete(program.id);
      return { program, ...(secret && { secret }) };
    },
    list: async () => (await store.all()).map(shown),
    async find(id) {
      const found = await active(id);
      return found && shown(found);
    },
    read: readProgram,
    suspend: (actor, id) => change(actor, id, { act: "suspended", change: { suspendedAt: means.clock.now() } }),
    resume: (actor, id) => change(actor, id, { act: "resumed", change: { suspendedAt: null } }),
    end: (actor, id) => change(actor, id, { act: "ended", change: { endedAt: means.clock.now() } }),
    async changeTerms(actor, id, terms) {
      const before = await readProgram(id);
      const { agreement, quota } = check(before, { quota: terms.quota, agreement: terms.agreement.trim() || undefined });
      const detail = `${before.agreement ?? "—"}, ${before.quota} → ${agreement ?? "—"}, ${quota}`;
      await change(actor, id, { act: "terms", change: { agreement, quota }, detail });
    },
    async renewSecret(actor, id) {
      if ((await readProgram(id)).authMethod !== "client_secret_basic") throw problem("no-such-program");
      const secret = randomBytes(32).toString("base64url");
      await change(actor, id, { act: "secret", change: { secretHash: digest(secret) } });
      return secret;
    },
    async replaceKeys(actor, id, keys) {
      const before = await readProgram(id);
      if (before.authMethod !== "private_key_jwt") throw problem("no-such-program");
      const checked = check(before, { keys: keys as { keys: JsonWebKey[] } });
      await change(actor, id, { act: "keys", change: { keys: checked.keys } });
    },
    acts: store.acts,
    busiest: (id) => store.busiest(id, new Date(means.clock.now().getTime() - HOUR_MS)),
    async metadata(id) {
      const found = await active(id);
      return found && metadataOf(found);
    },
  };
}

function shown({ secretHash: _, ...program }: KeptProgram): Program {
  return program;
}

const grantTypes: Record<Profile, string[]> = {
  portal: ["authorization_code"],
  partner: ["authorization_code", "refresh_token"],
  fapi: ["authorization_code", "refresh_token"],
  kiosk: ["urn:ietf:params:oauth:grant-type:device_code"],
  system: ["client_credentials"],
};

/** A program as OpenID Connect Dynamic Registration names its members. What is called its secret here is the secret's hash. */
export function metadataOf(program: KeptProgram): ClientMetadata {
  const { profile } = program;
  const signsIn = program.redirectUris.length > 0;
  return {
    client_id: program.id,
    client_name: program.name,
    profile,
    body: program.body,
    quota: program.quota,
    application_type: "web",
    grant_types: grantTypes[profile],
    response_types: signsIn ? ["code"] : [],
    // A page that posts itself needs a script in the page, and leaves the answer in no history: a code does no harm there.
    response_modes: signsIn ? ["query"] : undefined,
    redirect_uris: program.redirectUris,
    post_logout_redirect_uris: program.signOutUris,
    ...(program.backChannelUri && {
      backchannel_logout_uri: program.backChannelUri,
      backchannel_logout_session_required: true,
    }),
    token_endpoint_auth_method: program.authMethod,
    ...(program.secretHash !== null && { client_secret: program.secretHash }),
    ...(program.keys !== null && { jwks: program.keys as ClientMetadata["jwks"] }),
    // Who signs in at two bodies is two different people to them (OpenID Connect Core, 8.1).
    subject_type: profile === "partner" || profile === "fapi" ? "pairwise" : "public",
    scope: program.scopes.join(" "),
    id_token_signed_response_alg: "ES256",
    dpop_bound_access_tokens: program.boundTokens,
    require_pushed_authorization_requests: profile === "fapi",
    require_auth_time: signsIn,
  };
}
