/** Keeping signatures checkable: by which day a further time stamp is needed, and putting it on. */
import { liftAsic } from "./asic.ts";
import { liftCades } from "./cades.ts";
import type { LevelMeans } from "./means.ts";
import { liftPades } from "./pades-sign.ts";
import type { ValidationReport } from "./report.ts";
import { recognise } from "./validate.ts";
import { liftXades } from "./xades-sign.ts";

const DAY = 86_400_000;
/** So long before the end it is done, in days: time to notice that it was not. */
export const RENEWAL_MARGIN = 180;

export type Renewal = {
  /** The last moment at which a new time stamp still helps. */
  readonly until: Date;
  /** The day from which it should be done. */
  readonly due: Date;
  /** What ends: names of the signatures. */
  readonly signatures: readonly string[];
};

/** Undefined when no signature of the file is good, so there is nothing left to keep. */
export function nextRenewal({ signatures }: Pick<ValidationReport, "signatures">): Renewal | undefined {
  const good = signatures.filter(({ indication, until }) => indication === "TOTAL-PASSED" && until !== undefined);
  if (good.length === 0) return undefined;
  const first = Math.min(...good.map(({ until }) => until!.getTime()));
  return {
    until: new Date(first),
    due: new Date(first - RENEWAL_MARGIN * DAY),
    signatures: good.filter(({ until }) => until!.getTime() === first).map(({ name }) => name),
  };
}

export type Renewing = {
  /** What a detached CMS is over. */
  readonly content?: Uint8Array;
  readonly files?: ReadonlyMap<string, Uint8Array>;
};

/**
 * The same file with proofs of today and a time stamp over all of it; a signature without any stamp gets its first. Throws RangeError for
 * a format that has no such level (JWS), and the faults of the formats.
 */
export async function renew(file: Buffer, { content, files = new Map() }: Renewing, means: LevelMeans): Promise<Buffer> {
  switch (recognise(file)) {
    case "pdf":
      return liftPades(file, "LTA", means);
    case "cms":
      return liftCades(file, { level: "LTA", ...(content && { content }) }, means);
    case "asic":
      return liftAsic(file, "LTA", means);
    case "xml":
      return liftXades(file, { level: "LTA", files }, means);
    default:
      throw new RangeError("no archive time stamps in this format");
  }
}
