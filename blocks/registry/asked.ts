import { randomBytes } from "node:crypto";
import type { Means } from "@kerege/kernel/block";
import type { Typed } from "./pages/typed.ts";
import type { Seal } from "./seal.ts";
import { findAsked, insertAsked } from "./store-asked.ts";

/** As long as anybody sits at a desk in one go. */
const HOURS = 12;
const REFERENCE = /^[\w-]{22}$/;

/**
 * What an official asked for: what was typed into a search, the reason that was given. It is kept for the sitting under a random reference,
 * which stands in the address in its place, so that the page can be gone back to, shown anew and shown in another language.
 */
export interface Asked {
  /** Gives the reference. */
  keep(sitting: string, typed: Typed): Promise<string>;
  /** Nothing for another sitting, and when it is over. */
  find(sitting: string, reference: string): Promise<Typed | undefined>;
}

export function createAsked({ database, clock }: Pick<Means, "database" | "clock">, seal: Seal): Asked {
  // The table alone tells neither who asked nor what.
  const idOf = (sitting: string, reference: string) => seal.veil(`asked ${reference} ${sitting}`);
  return {
    async keep(sitting, typed) {
      const reference = randomBytes(16).toString("base64url");
      const id = idOf(sitting, reference);
      const at = clock.now();
      const expiresAt = new Date(at.getTime() + HOURS * 3_600_000);
      await insertAsked(database, { id, sealed: seal.close(JSON.stringify(typed), `asked ${id}`), at, expiresAt });
      return reference;
    },
    async find(sitting, reference) {
      if (!REFERENCE.test(reference)) return undefined;
      const id = idOf(sitting, reference);
      const sealed = await findAsked(database, { id, at: clock.now() });
      const text = sealed === undefined ? undefined : seal.open(sealed, `asked ${id}`);
      return text === undefined ? undefined : (JSON.parse(text) as Typed);
    },
  };
}
