import type { Actor } from "@kerege/kernel/actor";
import type { Language } from "@kerege/kernel/locale";

/** What a service needs of the documents: one document of a kind for a case, however often it is asked for. */
export interface Issuing {
  issue(
    actor: Actor,
    request: { document: string; language: Language; subject: string; case: string; facts: Record<string, string> },
  ): Promise<{ id: string; number: string }>;
}
