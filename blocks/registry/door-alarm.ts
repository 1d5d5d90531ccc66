import type { Actor } from "@kerege/kernel/actor";
import type { Page } from "./door.ts";

/** `bulk-read`: one reader read many records in a day. `glass-broken`: a read for danger to life. `tampered`: what is held is not what was logged. */
export type AlarmKind = "bulk-read" | "glass-broken" | "tampered";

/** Something the body that owns a register must look at. */
export interface Alarm {
  id: string;
  kind: AlarmKind;
  at: Date;
  register: string;
  /** Records read; a search that found nothing stands as `?` with its name. */
  keys: string[];
  ground: string | null;
  /** In the reader's own words, where the ground is for danger to life. */
  reason: string | null;
  /** Who read, or who asked for the proof that failed. */
  reader: Actor;
  /** Of many reads: how many records on which day, over which bound, and whether they were refused from there on. */
  reads: { subjects: number; bound: number; day: string; refused: boolean } | null;
  /** Of what differs from the log: the version of the record, or the read. */
  differs: { version: number | null; read: string | null } | null;
  /** Who looked at it, when, and what came of it. */
  acknowledged: { by: string; at: Date; remark: string } | null;
}

/** With the body whose business it is. */
export type SupervisedAlarm = Alarm & { owner: string };

/** How a body deals with its alarms. */
export interface SupervisedBody {
  owner: string;
  /** Alarms nobody has looked at, and since when the oldest of them waits. */
  waiting: number;
  oldestAt: Date | null;
  /** Alarms somebody has looked at. */
  lookedAt: number;
}

/** Alarms of all bodies, for a body of a ground with `audits`. Others get `registry.no-ground`. */
export interface SupervisionDoor {
  /** Newest first, without the records they are about and without what readers said. */
  supervisedAlarms(
    actor: Actor,
    request: { acknowledged: boolean; owner?: string; after?: string; limit?: number },
  ): Promise<Page<SupervisedAlarm>>;
  /** Bodies that have any; those first whose oldest waits longest. */
  supervisedBodies(actor: Actor): Promise<SupervisedBody[]>;
  /** With the records: the look is written as a look at the record of reads of each. @throws {Problem} `registry.not-found` */
  supervisedAlarm(actor: Actor, request: { owner: string; id: string }): Promise<SupervisedAlarm>;
}

/** Alarms of the registers of a body, for its officials. */
export interface AlarmDoor {
  /** Newest first: those nobody has looked at yet, or those that were. */
  alarms(actor: Actor, request: { acknowledged: boolean; after?: string; limit?: number }): Promise<Page<Alarm>>;
  /** How many nobody has looked at; at most 100. */
  openAlarms(actor: Actor): Promise<number>;
  /** @throws {Problem} `registry.not-found` */
  readAlarm(actor: Actor, request: { id: string }): Promise<Alarm>;
  /**
   * An official of the owner says that he looked at it and what came of it. @throws {Problem} `registry.not-found`,
   * `registry.own-alarm` to who raised it, `registry.decided-already`, `registry.wrong-value` without a remark
   */
  acknowledgeAlarm(actor: Actor, request: { id: string; remark: string }): Promise<Alarm>;
}
