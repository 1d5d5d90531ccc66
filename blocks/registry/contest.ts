import { actorKey, wholeSubjectOf } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { RegistryDoor } from "./door.ts";
import { problem } from "./problems.ts";
import type { Published } from "./registers.ts";
import { addContest, contestsOfOwner, contestsOfPerson, decideContest, findContest, heldValue } from "./store-contest.ts";

const MOST_ROWS = 100;
/** Working days of the owner where the register names none. */
const CONTEST_DAYS = 10;
const LONGEST = 2000;
const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** A person says that a field is wrong; the owner of the register decides in a period. */
export function createContests(
  means: Means,
  { published, addWorkingDays }: { published: Published; addWorkingDays(day: string, n: number): string },
): Pick<RegistryDoor, "contest" | "contests" | "readContest" | "decide"> {
  const now = () => means.clock.now();
  const pageSize = (limit = 20) => Math.min(Math.max(1, limit), MOST_ROWS);
  const words = (text: string, field: string) => {
    const trimmed = text.trim();
    if (trimmed === "" || trimmed.length > LONGEST)
      throw problem("wrong-value", {
        params: { register: "" },
        fields: [
          {
            pointer: `/${field}`,
            key: trimmed === "" ? "registry.fields.required" : "registry.fields.too-long",
            params: { max: LONGEST },
          },
        ],
      });
    return trimmed;
  };

  return {
    async contest(actor, request) {
      if (actor.kind !== "person") throw problem("not-found");
      const register = published.register(request.register);
      const field = register.expanded.columnsOf.get(request.field)?.[0] ?? request.field;
      if (!Object.hasOwn(register.declaration.fields, field))
        throw problem("unknown-field", { params: { register: request.register, field: request.field } });
      const [claimed, reason] = [words(request.claimed, "claimed"), words(request.reason, "reason")];
      const at = now();
      const id = means.ids.next();
      const { owner, contestDays } = register.declaration;
      return means.database.transaction(async (tx) => {
        const held = await heldValue(tx, register, { key: request.key, subject: wholeSubjectOf(actor), field });
        if (!held) throw problem("not-found");
        const dueOn = addWorkingDays(dayOf(at, means.country.timeZone), contestDays ?? CONTEST_DAYS);
        const one = {
          id,
          register: request.register,
          key: request.key,
          field,
          held: held.value,
          claimed,
          reason,
          by: wholeSubjectOf(actor),
          at,
          dueOn,
        };
        if (!(await addContest(tx, { ...one, owner }))) throw problem("contested-already");
        await means.events.tell(tx, {
          type: "registry.contested",
          body: { id, register: request.register, key: request.key, field, owner, by: wholeSubjectOf(actor), dueOn },
        });
        return { ...one, state: "open" as const, answer: null, decidedAt: null };
      });
    },

    async contests(actor, { after, limit } = {}) {
      if (actor.kind === "person")
        return contestsOfPerson(means.database, { pin: wholeSubjectOf(actor), after, limit: pageSize(limit) });
      return contestsOfOwner(means.database, { owner: actor.body, after, limit: pageSize(limit) });
    },

    async readContest(actor, request) {
      const one = isId(request.id) ? await findContest(means.database, request.id) : undefined;
      if (!one || (actor.kind === "person" ? one.by !== wholeSubjectOf(actor) : one.owner !== actor.body))
        throw problem("not-found");
      const { owner: _, ...contest } = one;
      return contest;
    },

    async decide(actor, request) {
      const one = isId(request.id) ? await findContest(means.database, request.id) : undefined;
      if (!one || actor.kind === "person") throw problem("not-found");
      if (actor.body !== one.owner) throw problem("not-owner", { params: { register: one.register } });
      const answer = words(request.answer, "answer");
      const state = request.accepted ? ("accepted" as const) : ("refused" as const);
      const at = now();
      const { title, fields } = published.register(one.register).declaration;
      await means.database.transaction(async (tx) => {
        if (!(await decideContest(tx, { key: one.key, id: one.id, state, answer, at, by: actorKey(actor) })))
          throw problem("decided-already");
        await means.events.tell(tx, {
          type: "registry.contest-decided",
          body: {
            id: one.id,
            register: one.register,
            title,
            key: one.key,
            field: one.field,
            fieldTitle: fields[one.field]?.title ?? title,
            owner: one.owner,
            by: one.by,
            state,
            answer,
          },
        });
      });
      const { owner: _, ...contest } = one;
      return { ...contest, state, answer, decidedAt: at };
    },
  };
}
