import type { Clock } from "@kerege/kernel/clock";
import type Provider from "oidc-provider";
import { problem } from "../problems.ts";
import { isOwnProgram } from "./own-programs.ts";
import type { Program, Scope } from "./program.ts";
import type { Programs } from "./programs.ts";
import type { StateStore } from "./store-state.ts";
import type { Vault } from "./vault.ts";

/** A program that a person signed in to, with what it was let know. */
export interface AppOfPerson {
  program: Pick<Program, "id" | "name" | "body">;
  scopes: Scope[];
  /** When it was last agreed to. */
  since: Date;
  /** From then on it has to ask again. */
  until: Date;
  /** It holds a session now. */
  signedIn: boolean;
}

export interface Apps {
  /** Programs outside of the house that know this person, by name. */
  list(pin: string): Promise<AppOfPerson[]>;
  /**
   * Nothing is told to it any more: consent and tokens are gone, it is told that the person signed out, and has to ask anew.
   * @throws {Problem} `identity.no-such-program` where it does not know this person
   */
  withdraw(pin: string, program: string): Promise<void>;
}

interface Grant {
  jti: string;
  clientId: string;
  iat: number;
  exp: number;
  openid?: { scope?: string };
}

interface Session {
  jti: string;
  authorizations?: Record<string, { sid?: string; grantId?: string }>;
}

export interface AppsMeans {
  store: StateStore;
  vault: Vault;
  clock: Clock;
  programs: Programs;
  provider(): Provider;
  /** Tells a program, in its own time, that a session ended. */
  announce(notice: { program: string; account: string; sid: string }): Promise<void>;
}

/** How rows of the provider are marked with the account they belong to. */
export function accountMark(vault: Vault, account: string): string {
  return vault.veil("state account", account);
}

export function createApps(means: AppsMeans): Apps {
  const { store, vault, clock } = means;
  const accountOf = (pin: string) => vault.veil("account", pin);
  const kept = async <Kind>(pin: string, model: string): Promise<Kind[]> => {
    const rows = await store.ofAccount({ account: accountMark(vault, accountOf(pin)), model, now: clock.now() });
    return rows.map(({ idHash, sealed }) => JSON.parse(vault.open(sealed, idHash).toString("utf8")) as Kind);
  };
  const grantsOf = async (pin: string) => (await kept<Grant>(pin, "Grant")).filter(({ clientId }) => !isOwnProgram(clientId));
  return {
    async list(pin) {
      const [grants, sessions] = await Promise.all([grantsOf(pin), kept<Session>(pin, "Session")]);
      const held = new Set(sessions.flatMap(({ authorizations = {} }) => Object.keys(authorizations)));
      const apps = await Promise.all(
        [...Map.groupBy(grants, ({ clientId }) => clientId)].map(async ([id, all]): Promise<AppOfPerson> => {
          const { name, body } = await means.programs.read(id).catch(() => ({ name: id, body: "" }));
          const scopes = new Set(all.flatMap(({ openid }) => (openid?.scope ?? "").split(" ").filter(Boolean)));
          return {
            program: { id, name, body },
            scopes: [...scopes] as Scope[],
            since: new Date(Math.max(...all.map(({ iat }) => iat)) * 1000),
            until: new Date(Math.max(...all.map(({ exp }) => exp)) * 1000),
            signedIn: held.has(id),
          };
        }),
      );
      return apps.sort((one, other) => one.program.name.localeCompare(other.program.name));
    },
    async withdraw(pin, id) {
      const grants = (await grantsOf(pin)).filter(({ clientId }) => clientId === id);
      if (grants.length === 0) throw problem("no-such-program");
      const provider = means.provider();
      // Tokens first: what still stands for a moment is then a consent that nothing was given by.
      for (const { jti } of grants) await store.removeGrants(jti);
      for (const { jti } of grants) await (await provider.Grant.find(jti))?.destroy();
      for (const { jti, authorizations } of await kept<Session>(pin, "Session")) {
        const sid = authorizations?.[id]?.sid;
        const session = authorizations?.[id] && (await provider.Session.find(jti));
        if (!session) continue;
        delete session.authorizations?.[id];
        await session.persist();
        if (sid) await means.announce({ program: id, account: accountOf(pin), sid });
      }
    },
  };
}
