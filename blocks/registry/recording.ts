import { randomUUID } from "node:crypto";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import { isDuplicate } from "@kerege/kernel/database";
import type { RecordRequest, RegistryDoor } from "./door.ts";
import { allowChange } from "./ground.ts";
import { problem } from "./problems.ts";
import type { Published } from "./registers.ts";
import { append, exists, knownAct, type LoadRow, loadRows, lock, putCurrent, versionRows } from "./store-writes.ts";
import { apply, fold, nextChange, on } from "./timeline.ts";
import { checkValues, isDay, type KnowsCode } from "./values.ts";

const LOAD_CHUNK = 2000;

/** All that writes: single events and first loads. */
export function createRecording(
  means: Means,
  { published, knowsCode }: { published: Published; knowsCode: KnowsCode },
): Pick<RegistryDoor, "record" | "load"> {
  const now = () => means.clock.now();

  return {
    async record(actor, request: RecordRequest) {
      const register = published.register(request.register);
      allowChange(actor, register.declaration);
      const event = register.declaration.events[request.event];
      if (!event) throw problem("unknown-event", { params: { register: request.register, event: request.event } });
      const faults = checkValues(register.declaration, {
        event: request.event,
        values: request.values,
        knowsCode,
      });
      if (!isDay(request.validFrom)) faults.push({ pointer: "/validFrom", key: "registry.fields.not-date" });
      for (const [field, value] of Object.entries(request.values)) {
        const target = register.declaration.fields[field];
        if (target?.type !== "reference" || value === null || faults.length > 0) continue;
        if (!(await exists(means.database, published.register(target.register!), String(value))))
          faults.push({ pointer: `/values/${field}`, key: "registry.fields.not-found" });
      }
      if (faults.length > 0) throw problem("wrong-value", { params: { register: request.register }, fields: faults });
      return means.database
        .transaction(async (tx) => {
          const before = await lock(tx, register, request.key);
          const done = await knownAct(tx, request.act);
          if (done) return done;
          if (event.creates && before) throw problem("exists-already", { params: { register: request.register } });
          if (!event.creates && !before) throw problem("not-found");
          if (request.version !== undefined && before && before.version !== request.version) throw problem("version-differs");
          const recordedAt = now();
          const held = before ? fold(await versionRows(tx, register, request.key)) : [];
          if (held.some((segment) => segment.ended && segment.from <= request.validFrom)) throw problem("ended");
          const segments = apply(held, {
            from: request.validFrom,
            values: { ...request.values, [register.declaration.key]: request.key },
            ended: event.ends === true,
          });
          const version = await append(tx, register, { actor, request, version: before?.version ?? 0, segments, recordedAt });
          const after = fold([
            ...held.map((segment, index) => ({ ...segment, version: index })),
            ...segments.map((segment, index) => ({ ...segment, version: held.length + index })),
          ]);
          const today = dayOf(recordedAt, means.country.timeZone);
          const segment = on(after, today) ?? after[0]!;
          await putCurrent(tx, register, {
            segment,
            version,
            recordedAt,
            nextChangeOn: on(after, today) ? nextChange(after, today) : segment.from,
          });
          await means.events.tell(tx, {
            type: "registry.recorded",
            body: {
              register: request.register,
              event: request.event,
              key: request.key,
              version,
              act: request.act,
              case: request.case ?? null,
            },
          });
          return { key: request.key, version };
        })
        .catch((error: unknown) => {
          // Two requests made the same record at once; the other one won.
          if (isDuplicate(error)) throw problem("exists-already", { params: { register: request.register }, cause: error });
          throw error;
        });
    },

    async load(actor, request) {
      const register = published.register(request.register);
      allowChange(actor, register.declaration);
      if (!register.declaration.events[request.event]?.creates)
        throw problem("unknown-event", { params: { register: request.register, event: request.event } });
      for (const [index, row] of request.rows.entries()) {
        const faults = checkValues(register.declaration, {
          event: request.event,
          values: row.values,
          knowsCode,
        });
        if (!isDay(row.validFrom)) faults.push({ pointer: "/validFrom", key: "registry.fields.not-date" });
        if (faults.length > 0)
          throw problem("wrong-value", { params: { register: request.register, row: index + 1 }, fields: faults });
      }
      const recordedAt = now();
      for (let start = 0; start < request.rows.length; start += LOAD_CHUNK) {
        const rows: LoadRow[] = request.rows
          .slice(start, start + LOAD_CHUNK)
          .map((row) => ({ ...row, values: { ...row.values, [register.declaration.key]: row.key }, act: randomUUID() }));
        await means.database.transaction((tx) =>
          loadRows(tx, register, { rows, event: request.event, document: request.document, actor, recordedAt }),
        );
      }
      return request.rows.length;
    },
  };
}
