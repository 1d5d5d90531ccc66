import type { Model } from "../engine/model.ts";
import type { Command, Refusal, State } from "../engine/state.ts";

/** Whether two `actorKey`s name one human being: an official is the same person under whatever post. */
export function samePerson(one: string, other: string): boolean {
  return personOf(one) === personOf(other);
}

function personOf(key: string): string {
  const parts = key.split("/");
  if (key.startsWith("official:")) return `official:${parts.at(-1)}`;
  return parts[0]!;
}

/** Four eyes and separated duties are of persons; the interpreter knows doers by their keys, in which the post stands too. */
export function refusedToPerson(model: Model, state: State, command: Command): Refusal | undefined {
  if (command.kind !== "complete" || command.by === "system") return undefined;
  const token = state.tokens.find(({ id }) => id === command.token);
  if (token?.waits.for !== "person") return undefined;
  const { by } = command;
  if (token.waits.done !== undefined && samePerson(token.waits.done, by)) return "same-person";
  const work = model.nodes[model.nodeOf.get(token.node) ?? -1]?.work;
  const notBy = work?.kind === "person" ? work.notBy : [];
  return notBy.some((node) => state.doers?.[node]?.some((doer) => samePerson(doer, by))) ? "same-person" : undefined;
}
