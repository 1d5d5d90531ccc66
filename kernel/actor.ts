/** Who acts. It travels as the first argument of every use case, so that nothing is done by nobody. */
export type Actor =
  | { kind: "person"; pin: string }
  | { kind: "official"; body: string; post: string; person: string }
  | { kind: "system"; body: string; name: string };

/** One short line that names the actor in records and proofs, e.g. `person:21205199001234` or `system:portal/residence`. */
export function actorKey(actor: Actor): string {
  if (actor.kind === "person") return `person:${actor.pin}`;
  if (actor.kind === "official") return `official:${actor.body}/${actor.post}/${actor.person}`;
  return `system:${actor.body}/${actor.name}`;
}
