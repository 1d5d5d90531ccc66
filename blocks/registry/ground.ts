import type { Actor } from "@kerege/kernel/actor";
import type { Ground, RegisterDeclaration } from "./declaration.ts";
import { problem } from "./problems.ts";

export interface Wanted {
  register: RegisterDeclaration;
  fields: string[];
  condition?: string;
}

/** What a ground lets this reader see: everyone's records, or only those about himself. */
export interface Allowed {
  /** PIN the record's subject must have. */
  own: string | null;
}

/**
 * The one place where a read is allowed or denied. Denied unless a declared ground names the register, every field, the search if
 * there is one, and the reader.
 */
export function allow(actor: Actor, ground: Ground | undefined, wanted: Wanted): Allowed {
  const register = wanted.register.register;
  const denied = (reason: string) => problem("no-ground", { params: { ground: ground?.ground ?? "", register, reason } });
  if (!ground) throw denied("ground");
  const fields = ground.reads[register];
  if (!fields || wanted.fields.length === 0) throw denied("register");
  for (const field of wanted.fields) if (!fields.includes(field)) throw denied(`field ${field}`);
  if (wanted.condition !== undefined && !ground.searches?.[register]?.includes(wanted.condition))
    throw denied(`search ${wanted.condition}`);
  if (actor.kind === "person") {
    if (!ground.readers.self) throw denied("reader");
    // A register that is not about people holds nothing of anyone's own.
    if (wanted.register.subject === undefined) return { own: null };
    if (wanted.condition !== undefined) throw denied("search");
    return { own: actor.pin };
  }
  if (!ground.readers.bodies?.includes(actor.body)) throw denied("reader");
  return { own: null };
}

/** Only the body that owns a register (its officials and systems) changes records of it. */
export function allowChange(actor: Actor, register: RegisterDeclaration): void {
  if (actor.kind === "person" || actor.body !== register.owner)
    throw problem("not-owner", { params: { register: register.register } });
}
