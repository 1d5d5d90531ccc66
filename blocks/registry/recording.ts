import { randomUUID } from "node:crypto";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { FieldProblem } from "@kerege/kernel/problem";
import type { Recorded, Task } from "./accepted.ts";
import type { Chains } from "./chain.ts";
import type { RecordRequest, RegistryDoor } from "./door.ts";
import { allowChange } from "./ground.ts";
import { problem } from "./problems.ts";
import { createRecorder } from "./recorder.ts";
import type { Published } from "./registers.ts";
import type { Names } from "./store-names.ts";
import type { CompiledRegister } from "./store-sql.ts";
import type { Survey } from "./survey.ts";
import { createToday } from "./today.ts";
import { type CodeState, checkEvent, checkKey } from "./values.ts";
import { addWords } from "./words.ts";
import { createWriteQueue } from "./write-queue.ts";

const LOAD_CHUNK = 2000;

/** An event with all that is wrong with it by itself; a task where nothing is. */
export type Prepared = { task: Task } | { faults: FieldProblem[] };

export interface Writing extends Pick<RegistryDoor, "record" | "load"> {
  /** Writes one task through the queue of its register. */
  submit(register: CompiledRegister, task: Task): Promise<Recorded>;
  /** What would become of requests of one register: the Problem of each that would be refused. Nothing is written. */
  preview(actor: Actor, register: CompiledRegister, requests: RecordRequest[]): Promise<(unknown | undefined)[]>;
  /** Whether this actor may record this event at all. @throws {Problem} `registry.not-owner`, `registry.unknown-event` */
  allowEvent(actor: Actor, register: CompiledRegister, event: string): void;
}

/** All that writes: single events and first loads. */
export function createRecording(
  means: Means,
  given: { published: Published; survey: Survey; codeState: CodeState; chains: Chains; names: Names },
): Writing {
  const { published, codeState } = given;
  const recorder = createRecorder(means, given);
  addWords(
    means.texts,
    published.all().map(({ declaration }) => declaration),
  );
  const today = createToday(means.country.timeZone);
  const queues = new Map<CompiledRegister, (task: Task) => Promise<Recorded>>();
  const submit = (register: CompiledRegister, task: Task) => {
    let queue = queues.get(register);
    if (!queue) {
      queue = createWriteQueue((tasks: Task[]) => recorder.run(register, tasks));
      queues.set(register, queue);
    }
    return queue(task);
  };

  const allowEvent = (actor: Actor, { declaration }: CompiledRegister, name: string) => {
    const event = Object.hasOwn(declaration.events, name) ? declaration.events[name] : undefined;
    allowChange(actor, declaration, event?.by);
    if (!event) throw problem("unknown-event", { params: { register: declaration.register, event: name } });
  };

  const prepare = (actor: Actor, register: CompiledRegister, request: RecordRequest): Prepared => {
    const event = register.declaration.events[request.event]!;
    const check = { ...request, today: today(means.clock.now()), codeState };
    const { values, faults } = checkEvent(register, check);
    if (event.creates) faults.push(...checkKey(register, request.key, check));
    if (faults.length > 0) return { faults };
    return { task: { key: request.key, actor, request: { ...request, values }, event } };
  };
  const wrong = (register: CompiledRegister, faults: FieldProblem[], row?: number) =>
    problem("wrong-value", {
      params: { register: register.declaration.register, ...(row !== undefined && { row }) },
      fields: faults,
    });

  return {
    submit,
    allowEvent,

    async record(actor, request) {
      const register = published.register(request.register);
      allowEvent(actor, register, request.event);
      if (register.declaration.events[request.event]!.when !== undefined) throw problem("happens-by-itself");
      const made = prepare(actor, register, request);
      if ("faults" in made) throw wrong(register, made.faults);
      return submit(register, made.task);
    },

    async load(actor, request) {
      const register = published.register(request.register);
      allowEvent(actor, register, request.event);
      if (!register.declaration.events[request.event]!.creates)
        throw problem("unknown-event", { params: { register: request.register, event: request.event } });
      const tasks = request.rows.map((row, index): Task => {
        const { register: name, event, document } = request;
        const made = prepare(actor, register, { ...row, register: name, event, document, act: randomUUID() });
        if ("faults" in made) throw wrong(register, made.faults, index + 1);
        return made.task;
      });
      await recorder.load(register, tasks, LOAD_CHUNK);
      return tasks.length;
    },

    async preview(actor, register, requests) {
      const made = requests.map((request) => prepare(actor, register, request));
      const tasks = made.flatMap((one) => ("task" in one ? [one.task] : []));
      const results = await recorder.preview(register, tasks);
      let place = 0;
      return made.map((one) => ("faults" in one ? wrong(register, one.faults) : results[place++]));
    },
  };
}
