import { randomInt } from "node:crypto";
import type { Means } from "@kerege/kernel/block";
import { type Language, languages, type Multilingual } from "@kerege/kernel/locale";
import { problem } from "../problems.ts";
import type { Vault } from "../provider/vault.ts";
import type { ChannelKind } from "./account.ts";
import type { Attempts } from "./attempts.ts";
import type { Courier } from "./courier.ts";
import { keyed, sameText } from "./keyed.ts";
import type { PassageStore } from "./store-passage.ts";

const DIGITS = 6;
const MINUTES = 3;
const MOST_TRIES = 5;

/** What a code is for: the text names it, and a code for one purpose is none for another. */
export type CodePurpose = "register" | "recover" | "add-channel";

export interface SentCodes {
  /** @throws {Problem} `identity.too-many-messages` */
  send(given: {
    passage: string;
    purpose: CodePurpose;
    to: { kind: ChannelKind; address: string };
    from: string;
    /** The address is somebody else's: its owner is told in place of a code. */
    taken?: boolean;
    /** Nobody is there: all is done as ever, and nothing sent. */
    nobody?: boolean;
  }): Promise<void>;
  /** Once. @throws {Problem} `identity.code-over` where there is no live code or its tries are spent */
  accept(given: { passage: string; purpose: CodePurpose; typed: string }): Promise<boolean>;
}

export function createSentCodes(
  means: Pick<Means, "texts" | "clock" | "country">,
  given: { store: PassageStore; vault: Vault; attempts: Attempts; courier: Courier; host: string },
): SentCodes {
  const { store, vault, attempts, courier, host } = given;
  const now = () => means.clock.now();
  const hashOf = (passage: string, purpose: CodePurpose, code: string) => keyed(vault, "sent code", [passage, purpose, code]);
  return {
    async send({ passage, purpose, to, from, taken, nobody }) {
      await attempts.send({ target: to.address, from });
      const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, "0");
      const expiresAt = new Date(now().getTime() + MINUTES * 60_000);
      await store.putCode({ passage, purpose, codeHash: hashOf(passage, purpose, code), expiresAt });
      if (nobody) return;
      await courier.send(
        to,
        inAllLanguages((language) => {
          const values = { portal: means.country.portalName[language], minutes: MINUTES, code };
          if (taken) return means.texts.translate(language, "identity.factors.messages.taken", values);
          const text = means.texts.translate(language, `identity.factors.messages.code-${purpose}`, values);
          // The browser offers the code on this site alone (WebOTP; the form is that of origin-bound one-time codes).
          return to.kind === "phone" ? `${text}\n\n@${host} #${code}` : text;
        }),
        expiresAt,
      );
    },
    async accept({ passage, purpose, typed }) {
      const known = await store.takeTry({ passage, purpose, most: MOST_TRIES, now: now() });
      if (known === undefined) throw problem("code-over");
      const codeHash = hashOf(passage, purpose, typed.replaceAll(/\s/g, ""));
      return sameText(known, codeHash) && store.useCode({ passage, purpose, codeHash, now: now() });
    },
  };
}

export function inAllLanguages(text: (language: Language) => string): Multilingual {
  return Object.fromEntries(languages.map((language) => [language, text(language)])) as Multilingual;
}
