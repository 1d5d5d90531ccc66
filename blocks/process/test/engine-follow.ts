import type { Model } from "../engine/model.ts";
import type { Command, Effect, HistoryEvent, State, Token } from "../engine/state.ts";
import { step } from "../engine/step.ts";
import type { Values } from "./engine-model.ts";

/** Monday, ten o'clock in Bishkek. */
export const AT = Date.parse("2026-11-23T04:00:00Z");
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** A case stepped in a test; after every step it is saved, written as JSON and read again. */
export class Followed {
  readonly model: Model;
  state: State | undefined;
  at = AT;
  refused: string | undefined;
  due: number | undefined;
  readonly effects: Effect[] = [];
  readonly events: HistoryEvent[] = [];

  constructor(model: Model) {
    this.model = model;
  }

  send(command: Command): this {
    const before = this.state && (JSON.parse(JSON.stringify(this.state)) as State);
    const stepped = step(this.model, before, { command, at: this.at });
    this.state = JSON.parse(JSON.stringify(stepped.state)) as State;
    this.refused = stepped.refused;
    this.due = stepped.due;
    this.effects.push(...stepped.effects);
    this.events.push(...stepped.events);
    return this;
  }

  start(variables: Values = {}): this {
    return this.send({ kind: "start", variables, by: "officer:1" });
  }

  /** Completes the oldest token at a node. */
  complete(node: string, output?: Values, by = "officer:1"): this {
    return this.send({ kind: "complete", token: this.token(node)?.id ?? 0, by, ...(output && { output }) });
  }

  message(name: string, correlation?: string, variables?: Values): this {
    return this.send({
      kind: "message",
      name,
      ...(correlation !== undefined && { correlation }),
      ...(variables && { variables }),
    });
  }

  pass(milliseconds: number): this {
    this.at += milliseconds;
    return this.send({ kind: "tick" });
  }

  token(node: string): Token | undefined {
    return this.state?.tokens.find((one) => one.node === node && one.waits.for !== "instances");
  }

  /** Activities that are done, in order. */
  get trace(): string {
    return this.events.flatMap((event) => (event.kind === "done" && event.node ? [event.node] : [])).join(" ");
  }

  /** Nodes tokens stand at. */
  get waiting(): string {
    return (this.state?.tokens ?? []).map((token) => token.node).join(" ");
  }

  get status(): string | undefined {
    return this.state?.status;
  }

  get variables(): Values {
    return this.state?.scopes[0]?.variables ?? {};
  }

  /** Codes of incidents that are open. */
  get incidents(): string {
    return (this.state?.tokens ?? []).flatMap(({ waits }) => (waits.for === "incident" ? [waits.code] : [])).join(" ");
  }
}

export function follow(model: Model): Followed {
  return new Followed(model);
}
