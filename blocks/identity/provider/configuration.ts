import type { Clock } from "@kerege/kernel/clock";
import { type Client, type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import type { Assurance } from "../session.ts";
import type { KeyRing } from "./keys.ts";
import { isEnough, levels, wantedLevel } from "./levels.ts";
import { matchNumber } from "./match.ts";
import { type Profile, scopes } from "./program.ts";
import type { Screens } from "./screens.ts";
import type { Vault } from "./vault.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A working day: as long as a session of the portal. */
export const SESSION_SECONDS = 8 * HOUR;

export interface ConfigurationMeans {
  vault: Vault;
  clock: Clock;
  ring: KeyRing;
  demo: boolean;
  adapter: NonNullable<Configuration["adapter"]>;
  screens: Screens;
  /** Where a pending question is answered, e.g. `/ky/sign-in?interaction=…`. */
  questionPath(ctx: KoaContextWithOIDC, question: { uid: string; prompt: string }): string;
  subject(id: string): Promise<{ pin: string; name: string } | undefined>;
  /** Day of birth of a person (`2001-05-12`), where a register knows it. */
  birthdate(pin: string): Promise<string | undefined>;
  /** @throws {Problem} `identity.over-quota` */
  take(client: { id: string; quota: number }): void;
}

export function profileOf(client: Client): Profile {
  return client.profile as Profile;
}

/** The state's own pages and devices: whoever signs in there is asked nothing more. */
function isOurs(client: Client): boolean {
  return profileOf(client) === "portal" || profileOf(client) === "kiosk";
}

/** How the library is set up: what the state allows, each choice with its reason. */
export function configurationOf(means: ConfigurationMeans): Configuration {
  const { vault, screens } = means;
  return {
    adapter: means.adapter,
    jwks: { keys: means.ring.keys as NonNullable<Configuration["jwks"]>["keys"] },
    acrValues: [...levels, ...(means.demo ? ["demo"] : [])],
    scopes: [...scopes],
    claims: {
      // With every sign-in, asked for or not: what was shown, and when.
      openid: ["sub", "acr", "amr", "auth_time"],
      name: ["name"],
      birthdate: ["birthdate"],
      pin: ["pin"],
      sid: null,
      iss: null,
    },
    subjectTypes: ["public", "pairwise"],
    pairwiseIdentifier: (_ctx, accountId, client) => vault.veil("sector", `${String(client.body)} ${accountId}`),
    responseTypes: ["code"],
    // RFC 9700, 2.1.1: always, also for programs that keep a secret.
    pkce: { required: () => true },
    clientAuthMethods: ["client_secret_basic", "private_key_jwt"],
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    extraClientMetadata: { properties: ["profile", "body", "quota"] },
    enabledJWA: {
      clientAuthSigningAlgValues: ["ES256", "Ed25519", "EdDSA"],
      idTokenSigningAlgValues: ["ES256"],
      dPoPSigningAlgValues: ["ES256", "Ed25519", "EdDSA"],
    },
    allowOmittingSingleRegisteredRedirectUri: false,
    clientBasedCORS: () => false,
    // Rotated every time, so that a copy of one is noticed (RFC 9700, 4.14.2).
    rotateRefreshToken: () => true,
    clockTolerance: 5,
    ttl: {
      AccessToken: 10 * MINUTE,
      AuthorizationCode: MINUTE,
      ClientCredentials: 10 * MINUTE,
      DeviceCode: 2 * MINUTE,
      Grant: 30 * DAY,
      IdToken: 10 * MINUTE,
      Interaction: 10 * MINUTE,
      RefreshToken: 30 * DAY,
      Session: SESSION_SECONDS,
    },
    routes: {
      authorization: "/auth",
      code_verification: "/device",
      device_authorization: "/device/auth",
      end_session: "/sign-out",
      introspection: "/introspect",
      jwks: "/jwks",
      pushed_authorization_request: "/par",
      revocation: "/revoke",
      token: "/token",
      userinfo: "/userinfo",
    },
    cookies: {
      // Longer than the library's own: a cookie signed with another key is no cookie.
      keys: [vault.key("cookies").toString("base64url")],
      names: { session: "provider", interaction: "question", resume: "resume" },
      long: { httpOnly: true, sameSite: "lax", signed: true, path: "/" },
      // The question is asked in any language, so under any first word of the path.
      short: { httpOnly: true, sameSite: "lax", signed: true, path: "/" },
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true, nonceSecret: vault.key("dpop nonce"), requireNonce: () => true },
      deviceFlow: {
        enabled: true,
        charset: "base-20",
        mask: "****-****",
        deviceInfo: () => ({}),
        userCodeInputSource: screens.enterCode,
        userCodeConfirmSource: screens.confirmCode,
        successSource: screens.deviceDone,
      },
      fapi: { enabled: true, profile: (_ctx, client) => (client && profileOf(client) === "fapi" ? "2.0" : undefined) },
      introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      pushedAuthorizationRequests: { enabled: true },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: screens.askSignOut, postLogoutSuccessSource: screens.signedOut },
      userinfo: { enabled: true },
    },
    interactions: {
      policy: policyOf(means),
      url: (ctx, interaction) => means.questionPath(ctx, { uid: interaction.uid, prompt: interaction.prompt.name }),
    },
    async findAccount(_ctx, id) {
      const subject = await means.subject(id);
      if (!subject) return undefined;
      return {
        accountId: id,
        async claims(_use, scope) {
          const asked = new Set(scope.split(" "));
          const { pin, name } = subject;
          const birthdate = asked.has("birthdate") ? await means.birthdate(pin) : undefined;
          return {
            sub: id,
            ...(asked.has("name") && { name }),
            ...(asked.has("pin") && { pin }),
            ...(birthdate && { birthdate }),
          };
        },
      };
    },
    async loadExistingGrant(ctx) {
      const { client, result, session, account, provider } = ctx.oidc;
      const known = result?.consent?.grantId ?? (client && session?.grantIdFor(client.clientId));
      const kept = known ? await provider.Grant.find(known) : undefined;
      if (!client || !isOurs(client) || !account) return kept;
      const grant = kept ?? new provider.Grant({ clientId: client.clientId, accountId: account.accountId });
      grant.addOIDCScope([...ctx.oidc.requestParamScopes].join(" "));
      await grant.save();
      return grant;
    },
    extraTokenClaims(ctx, token) {
      const client = ctx?.oidc.client;
      if (!client || (token.kind !== "AccessToken" && token.kind !== "ClientCredentials")) return undefined;
      try {
        means.take({ id: client.clientId, quota: Number(client.quota) });
      } catch (cause) {
        ctx.set("retry-after", String(MINUTE));
        const over = new errors.OIDCProviderError(429, "slow_down", { cause });
        over.error_description = "the quota of requests a minute is used up";
        throw over;
      }
      return undefined;
    },
    renderError: screens.fault,
    // A program at a loopback address only exists in a demo country; elsewhere the library refuses to connect to such places.
    fetch: (url, options) =>
      fetch(url, means.demo ? ({ ...options, dispatcher: undefined } as RequestInit) : (options as RequestInit)),
  };
}

/** The library's questions, and ours: is this person known surely enough, and is it the device one stands before. */
function policyOf({ demo, vault }: ConfigurationMeans): interactionPolicy.Prompt[] {
  const { Check, base } = interactionPolicy;
  const policy = base();
  const login = policy.get("login")!;
  for (const reason of ["essential_acrs", "essential_acr", "claims_id_token_sub_value"]) login.checks.remove(reason);
  login.checks.add(
    new Check("level", "End-User is not known surely enough", "login_required", (ctx) => {
      const { session, params } = ctx.oidc;
      const wanted = wantedLevel(params?.acr_values as string | undefined);
      const enough = isEnough(session?.acr as Assurance | undefined, { wanted, demo });
      // Without a session the library asks by itself; an unknown level of an old session is asked for again.
      return session?.accountId && !enough ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    }),
  );
  login.checks.add(
    new Check("number", "the number shown by the device was not chosen", async (ctx) => {
      const { route, deviceCode } = ctx.oidc;
      if (route !== "code_verification" || !deviceCode?.userCode) return Check.NO_NEED_TO_PROMPT;
      if (ctx.oidc.body?.confirm === matchNumber(vault, deviceCode.userCode)) return Check.NO_NEED_TO_PROMPT;
      throw new errors.AccessDenied("the number shown by the device was not chosen");
    }),
    0,
  );
  return policy;
}
