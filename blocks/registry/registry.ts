import { randomUUID } from "node:crypto";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import { isDuplicate } from "@kerege/kernel/database";
import type { Ground, ReadRequest, RecordRequest, RegisterDeclaration, RegistryDoor, SearchRequest } from "./declaration.ts";
import { allow, allowChange } from "./ground.ts";
import { problem } from "./problems.ts";
import { createStore } from "./store.ts";
import { type CompiledRegister, compileRegister } from "./store-sql.ts";
import { append, knownAct, type LoadRow, loadRows, lock, putCurrent, versionRows } from "./store-writes.ts";
import { apply, fold, nextChange, on } from "./timeline.ts";
import { checkValues, isDay, type KnowsCode } from "./values.ts";

const MOST_READ_ENTRIES = 100;
const LOAD_CHUNK = 2000;

export interface RegistryNeeds {
  registers: RegisterDeclaration[];
  grounds: Ground[];
  knowsCode: KnowsCode;
}

/** The use cases of the registers. */
export function createRegistry(means: Means, needs: RegistryNeeds): RegistryDoor {
  const registers = new Map(needs.registers.map((declaration) => [declaration.register, compileRegister(declaration)]));
  const grounds = new Map(needs.grounds.map((ground) => [ground.ground, ground]));
  const now = () => means.clock.now();
  const store = createStore({ database: means.database, now, ids: means.ids });

  const registerOf = (name: string): CompiledRegister => {
    const register = registers.get(name);
    if (!register) throw problem("unknown-register", { params: { register: name } });
    return register;
  };
  const allowed = (actor: Actor, request: { register: string; fields: string[]; ground: string; condition?: string }) => {
    const register = registerOf(request.register);
    for (const field of request.fields) {
      if (!(field in register.declaration.fields))
        throw problem("unknown-field", { params: { register: request.register, field } });
    }
    return {
      register,
      ...allow(actor, grounds.get(request.ground), {
        register: register.declaration,
        fields: request.fields,
        condition: request.condition,
      }),
    };
  };

  const read: RegistryDoor["read"] = async (actor: Actor, request: ReadRequest) => {
    const { register, own } = allowed(actor, request);
    const task = { actor, key: request.key, own, case: request.case, service: request.service };
    const { fields, ground } = request;
    const today = dayOf(now(), means.country.timeZone);
    if (request.trueOn !== undefined || request.knownAt !== undefined) {
      if (own !== null && register.declaration.subject !== register.declaration.key)
        throw problem("no-ground", { params: { ground, register: request.register, reason: "past" } });
      if (own !== null && own !== request.key) return undefined;
      return store.readAsOf(register, {
        task,
        fields,
        ground,
        trueOn: request.trueOn ?? today,
        knownAt: request.knownAt ?? now(),
      });
    }
    const current = await store.read(register, { task, fields, ground });
    if (!current) return undefined;
    // A change recorded for a day that has since come is held in the versions; the current row waits for it.
    if (current.nextChangeOn !== null && current.nextChangeOn <= today)
      return store.readAsOf(register, { task, fields, ground, trueOn: today, knownAt: now() });
    const { endedOn, nextChangeOn: _, ...found } = current;
    return endedOn !== null && endedOn <= today ? undefined : found;
  };

  return {
    read,

    async search(actor, request: SearchRequest) {
      const { register } = allowed(actor, request);
      const condition = register.declaration.search[request.condition];
      if (!condition) throw problem("unknown-search", { params: { register: request.register, search: request.condition } });
      for (const field of condition.exact ?? []) {
        if (request.values[field] === undefined)
          throw problem("unknown-search", { params: { register: request.register, search: request.condition } });
      }
      const limit = Math.min(request.limit ?? condition.limit, condition.limit);
      return store.search(register, { ...request, actor, limit });
    },

    async history(actor, request) {
      const { register, own } = allowed(actor, request);
      const task = { actor, key: request.key, own, case: request.case, service: request.service };
      return store.history(register, { task, fields: request.fields, ground: request.ground });
    },

    async record(actor, request: RecordRequest) {
      const register = registerOf(request.register);
      allowChange(actor, register.declaration);
      const event = register.declaration.events[request.event];
      if (!event) throw problem("unknown-event", { params: { register: request.register, event: request.event } });
      const faults = checkValues(register.declaration, {
        event: request.event,
        values: request.values,
        knowsCode: needs.knowsCode,
      });
      if (!isDay(request.validFrom)) faults.push({ pointer: "/validFrom", key: "registry.fields.not-date" });
      for (const [field, value] of Object.entries(request.values)) {
        const target = register.declaration.fields[field];
        if (target?.type !== "reference" || value === null || faults.length > 0) continue;
        if (!(await store.exists(registerOf(target.register!), String(value))))
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
      const register = registerOf(request.register);
      allowChange(actor, register.declaration);
      if (!register.declaration.events[request.event]?.creates)
        throw problem("unknown-event", { params: { register: request.register, event: request.event } });
      for (const [index, row] of request.rows.entries()) {
        const faults = checkValues(register.declaration, {
          event: request.event,
          values: row.values,
          knowsCode: needs.knowsCode,
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

    async readsAbout(actor, request) {
      // The subject, and nobody else, sees who read about him.
      if (actor.kind !== "person" || actor.pin !== request.pin) throw problem("not-found");
      return store.readsAbout(request.pin, { after: request.after, limit: Math.min(request.limit ?? 20, MOST_READ_ENTRIES) });
    },

    count: (name) => store.count(registerOf(name)),
    registers: () => needs.registers,
    grounds: () => needs.grounds,
  };
}
