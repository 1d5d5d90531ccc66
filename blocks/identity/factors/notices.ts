import type { Means } from "@kerege/kernel/block";
import { describeDevice } from "../session.ts";
import type { Account, Channel, SecurityEventName } from "./account.ts";
import type { Courier } from "./courier.ts";
import { inAllLanguages } from "./sent-codes.ts";
import type { Accounts } from "./store-account.ts";

/** What is told to every channel an account had before, and kept in its history. */
export interface Notices {
  /** Writes the event; call inside the transaction of the change. Gives the channels that are to be told. */
  write(
    accounts: Accounts,
    account: Pick<Account, "id">,
    event: { event: SecurityEventName; detail?: string; userAgent?: string },
  ): Promise<void>;
  /** @param channels as they were before the change */
  send(channels: Channel[], event: SecurityEventName): Promise<void>;
}

export function createNotices(means: Pick<Means, "clock" | "ids" | "texts" | "country" | "log">, courier: Courier): Notices {
  return {
    async write(accounts, { id }, { event, detail, userAgent }) {
      const device = describeDevice(userAgent ?? "");
      await accounts.tell(id, { id: means.ids.next(), event, at: means.clock.now(), device, ...(detail && { detail }) });
    },
    async send(channels, event) {
      for (const channel of channels.filter(({ kind }) => courier.kinds.includes(kind))) {
        const text = inAllLanguages((language) =>
          means.texts.translate(language, `identity.factors.messages.${event}`, { portal: means.country.portalName[language] }),
        );
        // What was done stands, also where its notice could not be carried: the fault is the operator's to see.
        await courier.send(channel, text).catch((error: unknown) => means.log.fault("notice not sent", error));
      }
    },
  };
}
