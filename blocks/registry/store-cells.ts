import { type Database, prepared } from "@kerege/kernel/database";
import { type CompiledRegister, quote } from "./store-sql.ts";

const CHUNK = 2000;

/** Gives cells to records that were there before their boxes were searched by cells; finds nothing where all have theirs. */
export async function fillCells(database: Database, register: CompiledRegister): Promise<void> {
  const { table, declaration, columns } = register;
  const key = quote(declaration.key);
  for (const { name, of } of register.besides.filter(({ sqlType }) => sqlType === "int8")) {
    const field = name.slice(1, -"_cell".length - 1);
    const sides = columns.filter((column) =>
      ["west", "south", "east", "north"].some((side) => column.field === `${field}_${side}`),
    );
    const find = prepared(
      `select ${key} as key, ${sides.map((side) => side.name).join(", ")} from ${table} where ${name} is null order by ${key} limit ${CHUNK}`,
    );
    const put = prepared(`update ${table} t set ${name} = u.cell from unnest($1::text[], $2::int8[]) as u(key, cell)
      where t.${key} = u.key and t.${name} is null`);
    for (;;) {
      const rows = await database.rows<Record<string, number> & { key: string }>(find([]));
      if (rows.length === 0) break;
      await database.run(put([rows.map((row) => row.key), rows.map((row) => of(row))]));
    }
  }
}
