/**
 * Keeps issued documents checkable after the certificates behind them have ended. A document is issued with a signature alone
 * (PAdES B-B); long before the signer's certificate ends, the file is lifted to B-LTA by appending a time stamp, the proofs of that
 * day and a time stamp over both (ETSI EN 319 142-1, 5.4), and is stamped anew before the last stamp ages. The issued bytes stay
 * the beginning of the file.
 */
import type { Clock } from "@kerege/kernel/clock";
import { type Certificate, type KeptFile, nextRenewal, RENEWAL_MARGIN, type Walker } from "@kerege/trust";
import type { DocumentDeclaration } from "./declaration.ts";
import type { createStore, DueDocument } from "./store.ts";

const DAY = 86_400_000;
/** Held in memory at once; a certificate is about 40 KB. */
const PAGE = 32;
/** Days until it is tried again where a stamp helped nothing. */
const REST = 15;

/** `YYYY-MM-DD` of UTC. */
const dayIn = (at: Date, days = 0): string => new Date(at.getTime() + days * DAY).toISOString().slice(0, 10);

/** Day from which a document signed with this certificate alone is to be stamped. */
export const renewOnFor = ({ notAfter }: Pick<Certificate, "notAfter">): string => dayIn(notAfter, -RENEWAL_MARGIN);

/** Whether the state keeps it no longer. A kind that is no longer declared keeps its documents. */
export function isPastRetention(issuedOn: string, on: string, declaration?: Pick<DocumentDeclaration, "retention">): boolean {
  if (!declaration || declaration.retention === "forever") return false;
  // Days are compared as text: 29 February ends with 28 February.
  const end = `${String(Number(issuedOn.slice(0, 4)) + declaration.retention.years).padStart(4, "0")}${issuedOn.slice(4)}`;
  return on > end;
}

export interface RenewalMeans {
  store: Pick<ReturnType<typeof createStore>, "takeDue" | "keepRenewed">;
  clock: Clock;
  declarationOf(document: string): DocumentDeclaration | undefined;
}

/** For `trust.signing.renewing.register`. */
export function createWalker({ store, clock, declarationOf }: RenewalMeans): Walker {
  const keptFile = (due: DueDocument): KeptFile => ({
    file: due.pdf,
    async done({ renewed, report }) {
      const next = nextRenewal(report);
      // Nobody could be asked today, or the new file is not to be trusted: it stays put off to the next day.
      if (report.next === "try-later" || (renewed && (!next || !beginsWith(renewed, due.pdf)))) return;
      const now = clock.now();
      // A stamp that ends no later (its algorithm ends) helps nothing and is not kept; a later program may bring a stronger one.
      if (renewed && next!.due <= now) return void (await store.keepRenewed(due, { pdf: null, renewOn: dayIn(now, REST) }));
      // A file that is not good any more is not made good by a stamp.
      const renewOn = next ? dayIn(new Date(Math.max(next.due.getTime(), now.getTime())), 1) : null;
      await store.keepRenewed(due, { pdf: renewed ?? null, renewOn });
    },
  });
  return {
    name: "documents",
    async next(before) {
      const on = dayIn(before);
      for (;;) {
        const taken = await store.takeDue({ on, again: dayIn(before, 1), limit: PAGE });
        const wanted: KeptFile[] = [];
        for (const due of taken) {
          if (isPastRetention(due.issuedOn, on, declarationOf(due.document)))
            await store.keepRenewed(due, { pdf: null, renewOn: null });
          else wanted.push(keptFile(due));
        }
        if (wanted.length > 0 || taken.length === 0) return wanted;
      }
    },
  };
}

const beginsWith = (longer: Buffer, beginning: Buffer): boolean =>
  longer.length > beginning.length && longer.subarray(0, beginning.length).equals(beginning);
