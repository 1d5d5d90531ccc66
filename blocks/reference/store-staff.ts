import { type Database, joined, sql } from "@kerege/kernel/database";
import type { Ground } from "./declaration.ts";
import type { Holder, StaffAct } from "./door.ts";

export type NewAct = Omit<StaffAct, "number">;

interface Named {
  surname: string;
  given: string;
  patronymic: string | null;
}

export type HolderRow = Omit<Holder, "body">;

export function createStaffStore(database: Database) {
  return {
    /**
     * Adds an act to a post. `decide` sees the former acts and gives the act, or nothing where none is needed; it may throw. Of two acts
     * written at once the key lets one pass; the other decides anew over what the first has left.
     */
    async add(post: string, decide: (former: StaffAct[]) => NewAct | undefined): Promise<StaffAct | undefined> {
      for (;;) {
        const former = await actsOf(database, post);
        const next = decide(former);
        if (!next) return undefined;
        const number = (former.at(-1)?.number ?? 0) + 1;
        const { name, ...act } = next;
        const written = await database.run(sql`insert into reference.staff_act
          (post, number, act, official, surname, given, patronymic, on_day, until_day, ground, by_actor, recorded_at)
          values (${post}, ${number}, ${act.act}, ${act.official}, ${name.surname}, ${name.given}, ${name.patronymic ?? null},
            ${act.on}, ${act.until ?? null}, ${JSON.stringify(act.ground)}, ${act.by}, ${act.recordedAt})
          on conflict (post, number) do nothing`);
        if (written > 0) return { ...next, number };
      }
    },

    acts: (post: string) => actsOf(database, post),

    /** All appointments ever recorded, as `post official day`. */
    async appointments(): Promise<Set<string>> {
      const rows = await database.rows<{ key: string }>(
        sql`select post || ' ' || official || ' ' || on_day as key from reference.staff_act where act = 'appointed'`,
      );
      return new Set(rows.map(({ key }) => key));
    },

    /** Who holds posts on a day. A dismissal always is the act after the appointment it ends. */
    async holders(asked: { on: string; posts?: string[]; official?: string }): Promise<HolderRow[]> {
      const { on, posts, official } = asked;
      const wanted = [
        sql`a.act = 'appointed'`,
        sql`a.on_day <= ${on}`,
        sql`(a.until_day is null or a.until_day > ${on})`,
        sql`(d.on_day is null or d.on_day > ${on})`,
        ...(posts === undefined ? [] : [sql`a.post = any(${posts}::text[])`]),
        ...(official === undefined ? [] : [sql`a.official = ${official}`]),
      ];
      const rows = await database.rows<
        Named & { official: string; post: string; from: string; until: string | null; ground: Ground }
      >(sql`select a.official, a.surname, a.given, a.patronymic, a.post, a.on_day as "from",
          least(a.until_day, d.on_day) as "until", a.ground
        from reference.staff_act a
        left join reference.staff_act d on d.post = a.post and d.number = a.number + 1 and d.act = 'dismissed'
        where ${joined(wanted, " and ")} order by a.post`);
      return rows.map(({ surname, given, patronymic, until, ...row }) => ({
        ...row,
        name: nameOf({ surname, given, patronymic }),
        ...(until !== null && { until }),
      }));
    },
  };
}

async function actsOf(from: Database, post: string): Promise<StaffAct[]> {
  const rows = await from.rows<Omit<StaffAct, "until" | "name"> & Named & { until: string | null }>(
    sql`select post, number, act, official, surname, given, patronymic, on_day as "on", until_day as "until", ground,
    by_actor as "by", recorded_at as "recordedAt" from reference.staff_act where post = ${post} order by number`,
  );
  return rows.map(({ surname, given, patronymic, until, ...row }) => ({
    ...row,
    name: nameOf({ surname, given, patronymic }),
    ...(until !== null && { until }),
  }));
}

function nameOf({ surname, given, patronymic }: Named): Holder["name"] {
  return { surname, given, ...(patronymic !== null && { patronymic }) };
}
