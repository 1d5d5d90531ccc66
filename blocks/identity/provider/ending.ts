import type { Means } from "@kerege/kernel/block";
import type Provider from "oidc-provider";
import type { Client } from "oidc-provider";

const JOB = "identity.back-channel-logout";

interface Notice {
  program: string;
  account: string;
  sid: string;
}

type Teller = (this: Client, account: string, sid: string) => Promise<void>;
const tellers = new WeakMap<Provider, Teller>();

/**
 * Sign-out goes out as jobs: a program that does not answer is told again, twelve times within a day, and nobody who signs out waits
 * for it (OpenID Connect Back-Channel Logout 1.0, 2.5).
 */
export function announceSignOut(provider: Provider, given: { means: Means; endUnder(uid: string): Promise<void> }): void {
  const client = provider.Client.prototype as Client & { backchannelLogout: Teller };
  tellers.set(provider, client.backchannelLogout);
  client.backchannelLogout = async function (account, sid) {
    await askToTell(given.means, [{ program: this.clientId, account, sid }]);
  };
  const session = provider.Session.prototype;
  const destroy = session.destroy;
  session.destroy = async function () {
    const { uid } = this;
    await destroy.call(this);
    await given.endUnder(uid);
  };
}

async function askToTell(means: Means, notices: Notice[]): Promise<void> {
  await means.database.transaction((tx) =>
    means.jobs.askAll(
      tx,
      notices.map((notice) => ({ name: JOB, body: { ...notice } })),
    ),
  );
}

export function createEnding(given: { provider(): Provider; means: Means }) {
  return {
    /** Tells a program that a session ended, in a job. */
    announce: (notice: Notice) => askToTell(given.means, [notice]),
    /** Performs one notice; a fault is tried again by the queue. */
    async tell(body: Record<string, unknown>): Promise<void> {
      const { program, account, sid } = body as unknown as Notice;
      const provider = given.provider();
      const client = await provider.Client.find(program);
      if (!client?.backchannelLogoutUri) return;
      await tellers.get(provider)!.call(client, account, sid);
    },
    async end(uid: string): Promise<void> {
      const provider = given.provider();
      const session = await provider.Session.findByUid(uid);
      if (!session) return;
      const notices: Notice[] = [];
      for (const [program, { sid }] of Object.entries(session.authorizations ?? {})) {
        const client = await provider.Client.find(program);
        if (client?.backchannelLogoutUri && sid && session.accountId) notices.push({ program, account: session.accountId, sid });
      }
      if (notices.length > 0) await askToTell(given.means, notices);
      await session.destroy();
    },
  };
}
