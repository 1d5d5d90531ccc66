/**
 * bpmn-elements over the same PostgreSQL: one row with the engine's own state for each case, claimed in batches with `skip locked`, each
 * case recovered, brought to its next wait, and saved; or saved after each of its activities. In its favour the model is parsed once, services answer at once, and timers end
 * at once.
 */
import { setImmediate as turn } from "node:timers/promises";
import { type Database, sql } from "@kerege/kernel/database";
import * as Elements from "bpmn-elements";
import { BpmnModdle } from "bpmn-moddle";
import serialize, { TypeResolver } from "moddle-context-serializer";

const call = (id: string) => `<serviceTask id="${id}" implementation="\${environment.services.call}"/>`;
const flow = (from: string, to: string, condition = "") =>
  `<sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}">${condition && `<conditionExpression xsi:type="tFormalExpression">${condition}</conditionExpression>`}</sequenceFlow>`;
const AGREED = `\${environment.variables.agreed}`;
/** The permit of the bench; its two scripts are services here. */
const FILE = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="file" targetNamespace="bench">
<process id="permit" isExecutable="true">
  <startEvent id="start"/>${["look", "weigh", "tax", "police", "fee", "record", "issue", "letter"].map(call).join("")}
  <exclusiveGateway id="choice" default="choice-refused"/><parallelGateway id="split"/><parallelGateway id="joined"/>
  <userTask id="review"/><exclusiveGateway id="decided" default="decided-refused"/>
  <intermediateCatchEvent id="rest"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT0.001S</timeDuration></timerEventDefinition></intermediateCatchEvent>
  <endEvent id="granted"/><endEvent id="refused"/>
  ${flow("start", "look")}${flow("look", "weigh")}${flow("weigh", "choice")}${flow("choice", "split", AGREED)}${flow("choice", "refused")}
  ${flow("split", "tax")}${flow("split", "police")}${flow("tax", "joined")}${flow("police", "joined")}${flow("joined", "review")}
  ${flow("review", "decided")}${flow("decided", "fee", AGREED)}${flow("decided", "refused")}${flow("fee", "record")}${flow("record", "issue")}
  ${flow("issue", "rest")}${flow("rest", "letter")}${flow("letter", "granted")}
</process></definitions>`;

// The library's own types do not fit its own state; only what is used of it is named here.
interface Running {
  run(): void;
  recover(state: unknown): Running;
  resume(): void;
  getState(): unknown;
  signal(message: { id: string }): void;
  stop(): void;
  on(event: "activity.end", then: () => void): void;
  isRunning: boolean;
}

/** @param kept when a case is written: only where it waits and ends, or after each activity as well (its object stays in memory between) */
export async function openElements(
  database: Database,
  kept: "waits" | "steps",
): Promise<{ run(cases: number): Promise<number> }> {
  const parsed = await new BpmnModdle().fromXML(FILE);
  const serialized = serialize(parsed as never, TypeResolver(Elements as never));
  const { Context, Definition, Environment, Timers } = Elements as unknown as {
    Context: new (model: unknown, environment: unknown) => unknown;
    Environment: new (means: object) => unknown;
    Definition: new (context: unknown) => Running;
    Timers: new (by: { setTimeout: (then: () => void) => unknown; clearTimeout: (timer: never) => void }) => unknown;
  };
  const definition = (): Running => {
    const environment = new Environment({
      variables: { agreed: true },
      services: { call: (_scope: unknown, done: () => void) => done() },
      timers: new Timers({
        setTimeout: (then: () => void) => setImmediate(then),
        clearTimeout: clearImmediate,
      }),
    });
    return new Definition(new Context(serialized, environment));
  };
  await database.run(sql`create table if not exists bench_elements (id int primary key, due timestamptz, state jsonb)`);

  /** Goes on with a case to where it waits for a person, or to its end; its state as text. */
  const advance = async ({ id, state }: { id: number; state: unknown | null }): Promise<{ state: string; over: boolean }> => {
    const process = definition();
    const between: string[] = [];
    if (kept === "steps") process.on("activity.end", () => between.push(JSON.stringify(process.getState())));
    if (state === null) process.run();
    else {
      process.recover(state);
      process.resume();
      process.signal({ id: "review" });
    }
    // Its timers are told by the event loop.
    for (let turns = 0; state !== null && process.isRunning && turns < 50; turns++) await turn();
    const saved = JSON.stringify(process.getState());
    const over = !process.isRunning;
    process.stop();
    for (const one of between) await database.run(sql`update bench_elements set state = ${one} where id = ${id}`);
    return { state: saved, over };
  };

  return {
    /** Cases per second from begin to end. */
    async run(cases) {
      await database.run(sql`truncate bench_elements`);
      await database.run(sql`insert into bench_elements select n, now(), null from generate_series(1, ${cases}) n`);
      const began = performance.now();
      for (let done = 0; done < cases; ) {
        const rows = await database.rows<{ id: number; state: unknown | null }>(sql`
          update bench_elements set due = now() + interval '1 minute' where id in (
            select id from bench_elements where due <= now() order by due limit 10 for update skip locked) returning id, state`);
        const results = await Promise.all(rows.map(advance));
        await database.run(sql`
          update bench_elements b set state = s.state, due = case when s.over then null else now() end
          from unnest(${rows.map(({ id }) => id)}::int[], ${results.map(({ state }) => state)}::jsonb[], ${results.map(({ over }) => over)}::boolean[]) s(id, state, over)
          where b.id = s.id`);
        done += results.filter(({ over }) => over).length;
      }
      return cases / ((performance.now() - began) / 1000);
    },
  };
}
