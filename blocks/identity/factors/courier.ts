import { createHash, randomBytes } from "node:crypto";
import type { Means } from "@kerege/kernel/block";
import type { Reply, Request } from "@kerege/kernel/http";
import type { Multilingual } from "@kerege/kernel/locale";
import { isToken } from "../session.ts";
import type { ChannelKind } from "./account.ts";
import type { MessageStore } from "./store-message.ts";

/** Carries a message to a mail address or a phone. A person who has not signed in has no language: the text comes in all of them. */
export interface Courier {
  /** Kinds it can reach; a way that needs another is not offered. */
  readonly kinds: readonly ChannelKind[];
  /** @param until from then on the text is of no use, and is not carried any more; half a day when left out */
  send(channel: { kind: ChannelKind; address: string }, text: Multilingual, until?: Date): Promise<void>;
}

/** What texts name: mail and phones, mail alone, or neither. */
export type Reach = "both" | "mail" | "none";

export function reachOf({ kinds }: Pick<Courier, "kinds">): Reach {
  if (kinds.includes("phone")) return "both";
  return kinds.includes("mail") ? "mail" : "none";
}

/** A country that has no courier yet. */
export const noCourier: Courier = { kinds: [], send: async () => {} };

export interface DemoMessage {
  id: string;
  address: string;
  text: Multilingual;
  at: Date;
}

const BOX_COOKIE = "messages";

/** In a demo country nothing leaves the machine: messages lie in a box of the browser that named the address first. */
export interface DemoCourier extends Courier {
  /** Ties an address to the browser of a registration; one that is tied already stays where it is. */
  tie(request: Request, reply: Reply, address: string): Promise<void>;
  of(request: Request): Promise<DemoMessage[]>;
}

export function createDemoCourier(means: Means, store: MessageStore, secure: boolean): DemoCourier {
  const boxOf = (request: Request) => {
    const token = (request.cookies as Request["cookies"] | undefined)?.[BOX_COOKIE];
    return isToken(token) ? token : undefined;
  };
  const hash = (token: string) => createHash("sha256").update(token).digest("base64url");
  return {
    kinds: ["mail", "phone"],
    async send({ address }, text) {
      await store.insert({ id: means.ids.next(), address, text, at: means.clock.now() });
    },
    async tie(request, reply, address) {
      const token = boxOf(request) ?? randomBytes(32).toString("base64url");
      reply.setCookie(BOX_COOKIE, token, { path: "/", httpOnly: true, sameSite: "lax", secure });
      await store.tie(address, hash(token));
    },
    async of(request) {
      const token = boxOf(request);
      return token === undefined ? [] : store.newest(hash(token), 30);
    },
  };
}
