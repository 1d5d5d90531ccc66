import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { Transaction } from "@kerege/kernel/database";
import type { Multilingual } from "@kerege/kernel/locale";
import type { Problem } from "@kerege/kernel/problem";
import type { Raise } from "./alarm.ts";
import type { Ground } from "./declaration.ts";
import { problem } from "./problems.ts";
import { countedSubject } from "./read-entry.ts";
import { addPublicReads, countSubjects } from "./store-bulk.ts";
import type { CompiledRegister } from "./store-sql.ts";

const PUBLIC_EVERY_MS = 60_000;

/** What watches the reader: counts of bulk reads, the alarm of broken glass, the count of public reads. */
export function createGuard(
  means: Pick<Means, "database" | "clock" | "events" | "country" | "log">,
  { raise, bodyTitle }: { raise: Raise; bodyTitle(code: string): Multilingual | undefined },
) {
  const today = () => dayOf(means.clock.now(), means.country.timeZone);
  const seen = new Map<string, { register: string; day: string; ground: string; reads: number }>();

  const flush = async () => {
    if (seen.size === 0) return;
    const counts = [...seen.values()];
    seen.clear();
    await addPublicReads(means.database, counts);
  };
  const timer = setInterval(
    () => void flush().catch((error) => means.log.fault("public reads not counted", error)),
    PUBLIC_EVERY_MS,
  );
  timer.unref();

  /** Readers who passed the bound of a ground today, as this process knows: their reads need not be tried in one statement. */
  let past = { day: "", readers: new Set<string>() };
  const pastOf = (actor: Actor, ground: Ground) => `${ground.ground} ${actorKey(actor)}`;

  return {
    /**
     * Counts different records read by one reader in a day, in the caller's transaction. Over the bound of the ground it gives the
     * refusal: nothing may be read then, and what was asked for stays counted, so that whoever went on trying is seen.
     */
    async count(
      tx: Transaction,
      actor: Actor,
      given: { ground: Ground; register: CompiledRegister; keys: string[] },
    ): Promise<Problem | undefined> {
      const { ground, register } = given;
      if (!ground.bulk || given.keys.length === 0) return undefined;
      const { alarm, refuse } = ground.bulk;
      const { declaration } = register;
      const reader = actorKey(actor);
      const [day, subjects] = [today(), given.keys.map((key) => countedSubject(declaration, key))];
      const { subjects: total, fresh } = await countSubjects(tx, { reader, day, ground: ground.ground, subjects });
      for (const [bound, refused] of [[alarm, false] as const, ...(refuse === undefined ? [] : [[refuse, true] as const])]) {
        if (total <= bound || total - fresh > bound) continue;
        const { register: name, owner } = declaration;
        const reads = { subjects: total, bound, day, refused };
        await raise(tx, {
          kind: "bulk-read",
          owner,
          register: name,
          keys: [],
          ground: ground.ground,
          reason: null,
          reader: actor,
          reads,
        });
        await means.events.tell(tx, {
          type: "registry.bulk-read",
          body: { reader, ground: ground.ground, register: name, owner, ...reads },
        });
      }
      if (refuse === undefined || total <= refuse) return undefined;
      if (past.day !== day) past = { day, readers: new Set() };
      past.readers.add(pastOf(actor, ground));
      return problem("too-many-reads", { params: { most: refuse } });
    },

    /** Whether this reader is known to have passed the bound of the ground today. */
    isPast: (actor: Actor, ground: Ground): boolean =>
      past.readers.size > 0 && past.day === today() && past.readers.has(pastOf(actor, ground)),

    /** Tells, in the transaction of the read, that glass was broken: the owner and the subject learn of it at once. */
    async alarm(
      tx: Transaction,
      given: { actor: Actor; ground: Ground; register: CompiledRegister; keys: string[]; subjects: string[]; reason: string },
    ) {
      const { actor, ground, register, keys } = given;
      const reason = given.reason.trim();
      const { owner, register: name } = register.declaration;
      await raise(tx, { kind: "glass-broken", owner, register: name, keys, ground: ground.ground, reason, reader: actor });
      await means.events.tell(tx, {
        type: "registry.glass-broken",
        body: {
          reader: actorKey(actor),
          body: actor.kind === "person" ? null : actor.body,
          bodyTitle: actor.kind === "person" ? null : (bodyTitle(actor.body) ?? null),
          owner,
          register: name,
          title: register.declaration.title,
          ground: ground.ground,
          groundTitle: ground.title,
          law: ground.law,
          keys,
          subjects: given.subjects,
          reason,
        },
      });
    },

    countPublic(register: string, ground: string): void {
      const key = `${register} ${ground} ${today()}`;
      const one = seen.get(key) ?? { register, day: today(), ground, reads: 0 };
      one.reads++;
      seen.set(key, one);
    },

    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

export type Guard = ReturnType<typeof createGuard>;
