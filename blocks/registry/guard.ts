import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { Transaction } from "@kerege/kernel/database";
import type { Multilingual } from "@kerege/kernel/locale";
import type { Ground } from "./declaration.ts";
import { problem } from "./problems.ts";
import { recordSubject } from "./read-entry.ts";
import { addPublicReads, countSubjects } from "./store-bulk.ts";
import type { CompiledRegister } from "./store-sql.ts";

const PUBLIC_EVERY_MS = 60_000;

/** What watches the reader: counts of bulk reads, the alarm of broken glass, the count of public reads. */
export function createGuard(
  means: Pick<Means, "database" | "clock" | "events" | "country" | "log">,
  bodyTitle: (code: string) => Multilingual | undefined,
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

  return {
    /**
     * Counts different records read by one reader in a day. Over the bound of the ground nothing is read, and what was asked for
     * stays counted: whoever went on trying is seen. @throws {Problem} `registry.too-many-reads`
     */
    async count(actor: Actor, given: { ground: Ground; register: CompiledRegister; keys: string[] }): Promise<void> {
      const { ground, register } = given;
      if (!ground.bulk || given.keys.length === 0) return;
      const { alarm, refuse } = ground.bulk;
      const { declaration } = register;
      const subjects = given.keys.map((key) =>
        declaration.subject === declaration.key ? key : recordSubject(declaration.register, key),
      );
      const reader = actorKey(actor);
      const count = await means.database.transaction(async (tx) => {
        const { subjects: total, fresh } = await countSubjects(tx, { reader, day: today(), ground: ground.ground, subjects });
        const crossed = (bound: number) => total > bound && total - fresh <= bound;
        for (const [bound, refused] of [[alarm, false] as const, ...(refuse === undefined ? [] : [[refuse, true] as const])]) {
          if (!crossed(bound)) continue;
          await means.events.tell(tx, {
            type: "registry.bulk-read",
            body: {
              reader,
              ground: ground.ground,
              register: declaration.register,
              owner: declaration.owner,
              day: today(),
              subjects: total,
              bound,
              refused,
            },
          });
        }
        return total;
      });
      if (refuse !== undefined && count > refuse) throw problem("too-many-reads", { params: { most: refuse } });
    },

    /** Tells, in the transaction of the read, that glass was broken: the owner and the subject learn of it at once. */
    async alarm(
      tx: Transaction,
      given: { actor: Actor; ground: Ground; register: CompiledRegister; keys: string[]; subjects: string[]; reason: string },
    ) {
      const { actor, ground, register } = given;
      await means.events.tell(tx, {
        type: "registry.glass-broken",
        body: {
          reader: actorKey(actor),
          body: actor.kind === "person" ? null : actor.body,
          bodyTitle: actor.kind === "person" ? null : (bodyTitle(actor.body) ?? null),
          owner: register.declaration.owner,
          register: register.declaration.register,
          title: register.declaration.title,
          ground: ground.ground,
          groundTitle: ground.title,
          law: ground.law,
          keys: given.keys,
          subjects: given.subjects,
          reason: given.reason.trim(),
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
