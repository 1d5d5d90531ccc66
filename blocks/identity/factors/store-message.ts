import { type Database, sql } from "@kerege/kernel/database";
import type { Multilingual } from "@kerege/kernel/locale";
import type { DemoMessage } from "./courier.ts";

/** Messages of a demo country. */
export function createMessageStore(database: Database) {
  return {
    async tie(address: string, browser: string): Promise<void> {
      await database.run(
        sql`insert into identity.demo_box (address, browser) values (${address}, ${browser}) on conflict (address) do nothing`,
      );
    },
    async insert(message: DemoMessage): Promise<void> {
      await database.run(sql`insert into identity.demo_message (address, id, body, at)
        values (${message.address}, ${message.id}, ${JSON.stringify(message.text)}, ${message.at})`);
    },
    async newest(browser: string, limit: number): Promise<DemoMessage[]> {
      const rows = await database.rows<{ id: string; address: string; body: string; at: Date }>(sql`
        select m.id, m.address, m.body, m.at from identity.demo_message m join identity.demo_box b on b.address = m.address
        where b.browser = ${browser} order by m.id desc limit ${limit}`);
      return rows.map(({ body, ...row }) => ({ ...row, text: JSON.parse(body) as Multilingual }));
    },
  };
}

export type MessageStore = ReturnType<typeof createMessageStore>;
