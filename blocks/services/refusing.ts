import { type Cite, citationOf, type Outcome, refuse } from "./decision.ts";
import { problem } from "./problems.ts";
import type { Settled } from "./situation.ts";

/** A refusal by an official: on a ground the service declares, with its norm, never otherwise. @throws {Problem} `services.ground-needed` */
export function officialRefusal(settled: Settled, opinion: { ground: string; said?: string }, cite: Cite): Outcome {
  const { review, acts } = settled.situation.edition.declaration.service;
  const ground = review?.grounds.find((one) => one.ground === opinion.ground);
  if (!ground) throw problem("ground-needed");
  const { refuse: text, norm, wouldHelp } = ground;
  const refusal = { rule: ground.ground, text, norm: citationOf(acts, norm), facts: [], wouldHelp };
  return refuse(settled, [{ ...refusal, ...(opinion.said !== undefined && { said: opinion.said }) }], cite);
}
