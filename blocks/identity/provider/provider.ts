import { timingSafeEqual } from "node:crypto";
import path from "node:path";
import type { Means } from "@kerege/kernel/block";
import { type App, languageOf, type Reply, type Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import { errors, Provider } from "oidc-provider";
import type { Arrivals, Login } from "../login.ts";
import type { Assurance, Session } from "../session.ts";
import { createAdapter } from "./adapter.ts";
import { type Apps, createApps } from "./apps.ts";
import { createArrivals } from "./arrivals.ts";
import type { CodeFlowMeans } from "./code-flow.ts";
import { configurationOf } from "./configuration.ts";
import { createDeskArrivals, type DeskArrivals } from "./desk-arrivals.ts";
import { createDirect } from "./direct.ts";
import { announceSignOut, createEnding } from "./ending.ts";
import { createKeys, type KeyRing } from "./keys.ts";
import { answer, createRequests, dress, MOUNT, mount } from "./mount.ts";
import { isOwnProgram } from "./own-programs.ts";
import { createPrograms, type Programs } from "./programs.ts";
import { createQuota } from "./quota.ts";
import { createRelying } from "./relying.ts";
import { createScreens } from "./screens.ts";
import { createKeyStore } from "./store-keys.ts";
import { createProgramStore } from "./store-programs.ts";
import { createStateStore } from "./store-state.ts";
import { systemOfToken } from "./tokens.ts";
import { digest, openVault } from "./vault.ts";

const SWEEP_MS = 600_000;
const LOOK_AT_KEYS_MS = 60_000;
const SWEPT_AT_ONCE = 5000;

const compareByHash = {
  compareClientSecret(this: { clientSecret?: string }, actual: string): boolean {
    const [kept, shown] = [this.clientSecret ?? "", digest(actual)].map((text) => Buffer.from(text));
    return kept!.length === shown!.length && timingSafeEqual(kept!, shown!);
  },
};

/** What blocks above may tell the provider; each is asked only for what a person let a program know. */
export interface ClaimSources {
  /** Day of birth by personal number, `2001-05-12`; undefined where no register knows it. */
  birthdate?: (pin: string) => Promise<string | undefined>;
  /** Name of a body by its code, in a language. */
  bodyName?: (code: string, language: Language) => string | undefined;
}

export interface ProviderDoor {
  /** Address of the OpenID provider: `iss` of everything it signs. */
  issuer: string;
  programs: Programs;
  keys: {
    /** Makes the next key: published now, used from tomorrow on. */
    rotate(): Promise<void>;
    list(): Promise<{ kid: string; usedFrom: Date }[]>;
    /** Takes over what has changed; the server does so every minute. */
    refresh(): Promise<void>;
  };
  claimSources: ClaimSources;
  /** Programs that know a person, and how they are made to forget. */
  apps: Apps;
  /** What the sign-in pages need; there once the server has its routes. */
  arrivals: Arrivals;
  /** What the pages need where officials come to their desks; there once the server has its routes. */
  deskArrivals(): DeskArrivals;
}

export interface ProviderHooks {
  openSession(login: Login, given: { userAgent: string; providerSession?: string }): Promise<{ token: string; session: Session }>;
  endOnlyHere(token: string): Promise<void>;
  /** Ends what the house itself opened under a session of the provider: sessions of the portal and desks. */
  endUnder(providerSession: string): Promise<void>;
}

export function createProvider(means: Means, given: { address: string; deskLevel: Assurance; hooks: ProviderHooks }) {
  const { clock, country, database } = means;
  const issuer = `${new URL(given.address).origin}${MOUNT}`;
  const vault = openVault(path.join(means.dataFolder, "provider"));
  const state = createStateStore(database);
  const keys = createKeys({ store: createKeyStore(database), vault, clock });
  const programs = createPrograms(means, { vault, issuer });
  const quota = createQuota({ store: createProgramStore(database), clock });
  const claimSources: ClaimSources = {};
  const timers: NodeJS.Timeout[] = [];
  let current: { provider: Provider; ring: KeyRing } | undefined;
  let arrivals: Arrivals | undefined;
  let deskArrivals: DeskArrivals | undefined;
  const provider = () => {
    if (!current) throw new RangeError("the provider has no routes yet");
    return current.provider;
  };
  let refresh = async () => {};
  const ready = () => {
    if (!arrivals) throw new RangeError("the provider has no routes yet");
    return arrivals;
  };
  const ending = createEnding({ provider, means });
  const bodyName = (code: string, language: Language) => claimSources.bodyName?.(code, language) ?? code;
  const programName = ({ id, name }: { id: string; name: string }, language: Language) => {
    if (!isOwnProgram(id)) return name;
    return id === "portal" ? country.portalName[language] : means.texts.translate(language, `identity.provider.own.${id}`);
  };

  const make = (ring: KeyRing, screens: ReturnType<typeof createScreens>): Provider => {
    const made = new Provider(
      issuer,
      configurationOf({
        vault,
        clock,
        ring,
        demo: country.demo,
        screens,
        adapter: (model: string) => createAdapter(model, { store: state, vault, clock, client: programs.metadata }),
        questionPath: (ctx, { uid, prompt }) => {
          const wished = String(ctx.oidc.params?.ui_locales ?? "").split(" ");
          const language = languages.find((one) => wished.includes(one)) ?? languageOf(requests.of(ctx.req), languages);
          return `/${language}/sign-in${prompt === "consent" ? "/consent" : ""}?interaction=${uid}`;
        },
        subject: state.subject,
        birthdate: async (pin) => claimSources.birthdate?.(pin),
        take: quota.take,
      }),
    );
    dress(made, { issuer, screens, vault, log: means.log });
    announceSignOut(made, { means, endUnder: given.hooks.endUnder });
    tighten(made);
    return made;
  };

  const tighten = (made: Provider) => {
    // The library looks first and writes then; here one statement does both, so of two copies only one is taken.
    Object.assign(made.ReplayDetection, {
      unique: (issuedBy: string, jti: string, exp: number) =>
        state.takeOnce({ issuer: issuedBy, jtiHash: vault.veil("jti", jti), now: clock.now(), expiresAt: new Date(exp * 1000) }),
    });
    const find = made.Client.find.bind(made.Client);
    // One that stands wrongly in the table is as if it were not there: a request is refused, and the operator reads why.
    const findSound = (id: string) =>
      find(id).catch((error: unknown) => {
        if (!(error instanceof errors.InvalidClientMetadata || error instanceof TypeError)) throw error;
        means.log.warn("a program is declared wrongly and left out", { program: id, why: error.name });
        return undefined;
      });
    Object.assign(made.Client, { find: findSound });
    // Secrets are kept as their hash, so the hash is what is compared.
    Object.assign(made.Client.prototype, compareByHash);
  };

  const requests = createRequests();
  const languages = country.languages;

  const tendKeys = async (screens: ReturnType<typeof createScreens>) => {
    const ring = await keys.ring();
    if (ring.edition !== current?.ring.edition) current = { provider: make(ring, screens), ring };
  };

  const sweep = async () => {
    while ((await state.sweep(clock.now(), SWEPT_AT_ONCE)) >= SWEPT_AT_ONCE);
    await quota.forgetOld();
    await keys.tend();
  };
  means.jobs.perform("identity.sweep", sweep);
  means.jobs.perform("identity.back-channel-logout", ending.tell);

  const door: ProviderDoor = {
    issuer,
    programs,
    keys: { rotate: keys.rotate, list: keys.list, refresh: () => refresh() },
    claimSources,
    apps: createApps({ store: state, vault, clock, programs, provider, announce: ending.announce }),
    arrivals: {
      of: (request) => ready().of(request),
      begin: (request, reply, asked) => ready().begin(request, reply, asked),
      finish: (request, reply, login) => ready().finish(request, reply, login),
      refuse: (request, reply) => ready().refuse(request, reply),
    },
    deskArrivals() {
      if (!deskArrivals) throw new RangeError("the provider has no routes yet");
      return deskArrivals;
    },
  };
  return {
    door,
    /** Ends a session at the provider; programs that want to know are told by a job. */
    endSession: ending.end,
    systemOf: (request: Request, shown: { scheme: string; token: string }) =>
      systemOfToken(request, shown, { provider, programs, quota, store: state, clock, origin: new URL(issuer).origin }),
    async routes(app: App): Promise<void> {
      await keys.tend();
      const screens = createScreens({
        app,
        languages,
        vault,
        origin: new URL(issuer).origin,
        requestOf: requests.of,
        bodyName,
        programName: ({ clientId: id, clientName }, language) => programName({ id, name: String(clientName ?? id) }, language),
      });
      refresh = () => tendKeys(screens);
      await refresh();
      // Each is looked at once before anybody comes, so that what is wrong is read at the start.
      for (const program of await programs.list()) await provider().Client.find(program.id);
      const flow: CodeFlowMeans = {
        vault,
        issuer,
        demo: country.demo,
        now: () => clock.now(),
        secretOf: programs.secretOf,
        publicKeys: async () => current!.ring.keys,
        subject: state.subject,
        providerSessionOf: async (token) => (await provider().AccessToken.find(token))?.sessionUid,
      };
      const isOpen = async (uid: string) => (await provider().Session.findByUid(uid)) !== undefined;
      deskArrivals = createDeskArrivals(app, { ...flow, level: given.deskLevel, isOpen });
      const relying = createRelying(app, {
        ...flow,
        openSession: given.hooks.openSession,
        endOnlyHere: given.hooks.endOnlyHere,
      });
      const remember = async ({ pin, name }: Login) => {
        const id = vault.veil("account", pin);
        await state.putSubject({ id, pin, name, at: clock.now() });
        return id;
      };
      arrivals = createArrivals(app, {
        provider,
        programs,
        relying,
        demo: country.demo,
        issuer,
        languages,
        now: () => clock.now(),
        bodyName,
        programName,
        remember,
        direct: createDirect({ provider, issuer, remember, endSession: ending.end }),
        subject: state.subject,
        endSession: ending.end,
      });
      await mount(app, async (request: Request, reply: Reply) => answer(provider(), { request, reply, issuer, requests }));
      const ask = () => database.transaction((tx) => means.jobs.ask(tx, { name: "identity.sweep", body: {} }));
      const quietly = (work: () => Promise<unknown>) => () =>
        void work().catch((error) => means.log.fault("provider upkeep", error));
      timers.push(setInterval(quietly(ask), SWEEP_MS).unref());
      timers.push(setInterval(quietly(refresh), LOOK_AT_KEYS_MS).unref());
    },
    async close(): Promise<void> {
      for (const timer of timers) clearInterval(timer);
      quota.close();
    },
  };
}
