/** Signing and checking as one thing: what the block offers beside its pure functions, with the authorities of this installation. */
import type { Means } from "@kerege/kernel/block";
import { type Anchors, parseAnchors } from "../anchors.ts";
import type { StatusSource, TimeStamper } from "../pki/contract.ts";
import { collectMaterial, type LevelMeans } from "./means.ts";
import { trustedFrom } from "./path.ts";
import { nextRenewal, renew } from "./renew.ts";
import type { ValidationReport } from "./report.ts";
import { type Validation, validate } from "./validate.ts";

export type Checking = Pick<Validation, "content" | "files"> & { readonly at?: Date };

/** A block that keeps signed files and wants them to outlive their certificates. */
export type Walker = {
  /** `documents.kept`: for the record of what was done. */
  readonly name: string;
  /** Files that were not looked at since `before`, the oldest first; one page of them. */
  next(before: Date): Promise<readonly KeptFile[]>;
};

export type KeptFile = {
  readonly file: Buffer;
  readonly content?: Uint8Array;
  readonly files?: ReadonlyMap<string, Uint8Array>;
  /** Called once for each file: with the new one when it was renewed, and with the day by which it is to be looked at again. */
  done(outcome: { renewed?: Buffer; lookAgain?: Date; report: ValidationReport }): Promise<void>;
};

export type SigningDoor = {
  /** For the higher levels of `signPadesAt`, `signCades`, `signAsic`, `signXml`, `signJws`. */
  readonly levels: LevelMeans;
  /** With the anchors of this installation and what its authorities say at this moment. */
  validate(file: Uint8Array, checking?: Checking): Promise<ValidationReport>;
  readonly renewing: {
    register(walker: Walker): void;
    /** Goes over what the walkers hand out; returns how many files were renewed. The job `trust.renew-archive` calls it. */
    walk(): Promise<number>;
  };
};

const JOB = "trust.renew-archive";
const DAY = 86_400_000;
/** A file that is not due is looked at again at the latest after so long: an algorithm may have been given an earlier end. */
const LONGEST_REST = 90 * DAY;
const MAX_PAGES = 1000;

export type SigningMeans = Pick<Means, "clock" | "jobs" | "database" | "log"> & {
  readonly anchors: () => string;
  readonly stamper: () => TimeStamper;
  readonly status: StatusSource;
};

export type Signing = { readonly door: SigningDoor; start(): void; stop(): void };

export function createSigning(means: SigningMeans): Signing {
  const { clock, status } = means;
  const walkers: Walker[] = [];
  const levels: LevelMeans = {
    get stamper() {
      return means.stamper();
    },
    status,
  };
  let known: { text: string; anchors: Anchors } | undefined;

  function anchorsNow(): Anchors {
    const text = means.anchors();
    if (known?.text === text) return known.anchors;
    const anchors = parseAnchors(text);
    if (!anchors) throw new RangeError("no trust anchors");
    known = { text, anchors };
    return anchors;
  }

  async function check(file: Uint8Array, { at = clock.now(), ...rest }: Checking = {}): Promise<ValidationReport> {
    const anchors = anchorsNow();
    const first = validate(file, { ...rest, at, trusted: anchors });
    // Only what the file itself does not prove is asked for.
    if (first.indication === "TOTAL-FAILED" || first.signatures.length === 0) return first;
    const leaves = first.signatures.flatMap(({ certificate, stamps }) => [
      ...(certificate ? [certificate] : []),
      ...stamps.map((stamp) => stamp.certificate),
    ]);
    const { lists, answers } = await collectMaterial(leaves, status);
    return validate(file, { ...rest, at, trusted: trustedFrom(anchors, [...lists, ...answers]) });
  }

  async function lookAt({ file, content, files, done }: KeptFile): Promise<boolean> {
    const report = await check(file, { ...(content && { content }), ...(files && { files }) });
    const next = nextRenewal(report);
    const now = clock.now();
    // A file that is not good any more is not made good by a stamp; it is not asked for again either.
    if (!next) return done({ report }).then(() => false);
    const rest = new Date(now.getTime() + LONGEST_REST);
    if (next.due > now) {
      await done({ report, lookAgain: next.due < rest ? next.due : rest });
      return false;
    }
    const renewed = await renew(file, { ...(content && { content }), ...(files && { files }) }, levels);
    await done({
      renewed,
      report: await check(renewed, { ...(content && { content }), ...(files && { files }) }),
      lookAgain: rest,
    });
    return true;
  }

  async function walk(): Promise<number> {
    let renewed = 0;
    for (const walker of walkers) {
      for (let page = 0; page < MAX_PAGES; page++) {
        const kept = await walker.next(clock.now());
        if (kept.length === 0) break;
        for (const one of kept) if (await lookAt(one)) renewed += 1;
      }
    }
    return renewed;
  }

  means.jobs.perform(JOB, async () => void (await walk()));
  let timer: ReturnType<typeof setInterval> | undefined;
  const ask = () => means.database.transaction((tx) => means.jobs.ask(tx, { name: JOB, body: {} }));

  return {
    door: {
      levels,
      validate: check,
      renewing: { register: (walker) => void walkers.push(walker), walk },
    },
    start() {
      timer = setInterval(() => void ask().catch((error) => means.log.fault("trust.renew-archive not asked", error)), DAY);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
