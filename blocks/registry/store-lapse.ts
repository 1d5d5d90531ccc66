import type { Queryable } from "@kerege/kernel/database";
import type { RegisterEvent } from "./declaration.ts";
import { type CompiledRegister, literal, quote } from "./store-sql.ts";

/** Records whose day for an event has come and to which it has not happened, in the order of their keys; `on` is that day. */
export async function pageOfDue(
  from: Queryable,
  register: CompiledRegister,
  asked: {
    event: Pick<RegisterEvent, "from" | "to">;
    field: string;
    days: number;
    today: string;
    after: string;
    limit: number;
  },
): Promise<{ key: string; on: string }[]> {
  const { event, field, days, today, after, limit } = asked;
  const key = quote(register.declaration.key);
  const states = [
    ...(event.from ? [`state in (${event.from.map(literal).join(", ")})`] : []),
    ...(event.to !== undefined ? [`state is distinct from ${literal(event.to)}`] : []),
  ];
  // Before its first day nothing can happen to a record.
  return from.rows({
    text: `select ${key} as key, greatest(${quote(field)} + $1::int, valid_from) as "on" from ${register.table}
      where ${[`${quote(field)} <= $2::date - $1::int`, "valid_from <= $2::date", "ended_on is null", ...states, `${key} > $3`].join(" and ")}
      order by ${key} limit $4`,
    values: [days, today, after, limit],
  });
}
