import type { Database } from "@kerege/kernel/database";
import { type Claim, type Claimed, type Line, type Making, saveAndClaim } from "./store.ts";

/** Most cases written by one statement, and statements that are under way at once. */
const MOST = 200;
const AT_ONCE = 2;
const COLLISIONS_MOST = 5;

export interface Saver {
  /** False where the case was changed by somebody else since it was read: nothing of it was written. */
  save(line: Line): Promise<boolean>;
  /** Takes what is due along with the next statement, or in one of its own. */
  look(): void;
  /** Ends when nothing is under way. */
  idle(): Promise<void>;
}

/**
 * Many cases are written by one statement, and the same statement takes what is due next: alone a case is written at once, under load
 * as many together as came while the statements before were under way.
 */
export function createSaver(given: {
  database: Database;
  making(): Making;
  /** What may be taken in hand now; nothing while there is enough to do. */
  claim(): Claim | undefined;
  claimed(taken: Claimed, asked: Claim): void;
  /** A look that failed; whoever waited for his case to be written is told himself. */
  failed(error: unknown): void;
}): Saver {
  const waiting: { line: Line; resolve(saved: boolean): void; reject(error: unknown): void }[] = [];
  const quiet: (() => void)[] = [];
  let looking = false;
  let underWay = 0;
  let planned = false;

  const plan = () => {
    if (planned) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      while (underWay < AT_ONCE && (waiting.length > 0 || looking)) void write();
    });
  };

  const write = async () => {
    underWay++;
    // In one order everywhere, so that two nodes seldom wait for each other.
    const batch = waiting.splice(0, MOST).sort((one, other) => (one.line.hand.instance < other.line.hand.instance ? -1 : 1));
    const claim = looking ? given.claim() : undefined;
    looking = false;
    try {
      await statement(batch, claim);
    } finally {
      underWay--;
      if (waiting.length > 0 || looking) plan();
      else if (underWay === 0) for (const then of quiet.splice(0)) then();
    }
  };

  const statement = async (batch: typeof waiting, claim: Claim | undefined, tries = 0): Promise<void> => {
    if (batch.length === 0 && claim === undefined) return;
    try {
      const lines = batch.map(({ line }) => line);
      const { saved, claimed } = await saveAndClaim(given.database, lines, { making: given.making(), claim });
      for (const { line, resolve } of batch) resolve(saved.has(line.hand.instance));
      if (claim) given.claimed(claimed, claim);
    } catch (error) {
      // Two nodes met over the same cases from two ends: one of them was asked to do it again.
      if (isCollision(error) && tries < COLLISIONS_MOST) return statement(batch, claim, tries + 1);
      // One that cannot be written (a text PostgreSQL does not take) must not keep the others from it.
      if (batch.length > 1 && isOfContent(error)) await Promise.all(batch.map((one) => statement([one], undefined)));
      else for (const { reject } of batch) reject(error);
      if (claim) given.failed(error);
    }
  };

  return {
    save(line) {
      return new Promise((resolve, reject) => {
        waiting.push({ line, resolve, reject });
        plan();
      });
    },
    look() {
      looking = true;
      plan();
    },
    async idle() {
      if (underWay > 0 || waiting.length > 0 || looking) await new Promise<void>((resolve) => quiet.push(resolve));
    },
  };
}

/** Deadlock and serialization failure (SQLSTATE 40P01, 40001). */
function isCollision(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^40(P01|001)$/.test(String(error.code));
}

/** Faults in what was given (SQLSTATE classes 22, 23 and 54), as opposed to those of the database or the way to it. */
export function isOfContent(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(22|23|54)/.test(String(error.code));
}
