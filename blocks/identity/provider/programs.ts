import { randomBytes } from "node:crypto";
import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { isDuplicate } from "@kerege/kernel/database";
import type { ClientMetadata } from "oidc-provider";
import { problem } from "../problems.ts";
import { faultsOf, type Profile, type Program, type ProgramDeclaration, programOf } from "./program.ts";
import { createProgramStore, type KeptProgram } from "./store-programs.ts";
import { digest, type Vault } from "./vault.ts";

/** What a suspended or ended program may still do on other nodes. */
const KEPT_MS = 1000;

export interface Programs {
  /** @throws {Problem} `identity.wrong-program` with every fault, `identity.program-exists`. A secret is given once. */
  register(actor: Actor, declared: unknown): Promise<{ program: Program; secret?: string }>;
  list(): Promise<Program[]>;
  /** One that may sign people in and ask; undefined for one that is suspended or gone. */
  find(id: string): Promise<Program | undefined>;
  /** @throws {Problem} `identity.no-such-program` */
  suspend(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  end(id: string): Promise<void>;
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
  const own = ownPrograms(new URL(given.issuer).origin, secretOf);
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
  const change = async (id: string, done: Promise<boolean>) => {
    const changed = await done;
    recent.delete(id);
    if (!changed) throw problem("no-such-program");
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
        await store.insert({ ...program, secretHash: secret ? digest(secret) : null, by: actorKey(actor) });
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
    suspend: (id) => change(id, store.suspend(id, means.clock.now())),
    resume: (id) => change(id, store.suspend(id, null)),
    end: (id) => change(id, store.end(id, means.clock.now())),
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

function ownPrograms(origin: string, secretOf: (id: string) => string): Map<string, KeptProgram> {
  const portal: KeptProgram = {
    id: "portal",
    body: "portal",
    name: "portal",
    agreement: null,
    profile: "portal",
    authMethod: "client_secret_basic",
    secretHash: digest(secretOf("portal")),
    keys: null,
    redirectUris: [`${origin}/sign-in/back`],
    signOutUris: [`${origin}/`],
    backChannelUri: null,
    scopes: ["openid"],
    boundTokens: false,
    quota: Number.MAX_SAFE_INTEGER,
    addedAt: new Date(0),
    suspendedAt: null,
  };
  return new Map([[portal.id, portal]]);
}
