import type { Agreement, Ground, RegisterDeclaration } from "./declaration.ts";
import { expandGround } from "./expand.ts";
import { problem } from "./problems.ts";
import { type CompiledRegister, compileRegister } from "./store-sql.ts";

/** What is declared, ready to be asked. */
export interface Published {
  /** Throws `registry.unknown-register`. */
  register(name: string): CompiledRegister;
  /** Its fields are columns: all parts of each field it names. */
  ground(name: string): Ground | undefined;
  agreement(name: string): Agreement | undefined;
  /** As declared. */
  registers: RegisterDeclaration[];
  grounds: Ground[];
  agreements: Agreement[];
  /** Every register, ready to be asked. */
  all(): CompiledRegister[];
}

export function publishedOf(registers: RegisterDeclaration[], grounds: Ground[], agreements: Agreement[] = []): Published {
  const compiled = new Map(registers.map((declaration) => [declaration.register, compileRegister(declaration)]));
  const expanded = new Map([...compiled].map(([name, register]) => [name, register.expanded]));
  const byName = new Map(grounds.map((ground) => [ground.ground, expandGround(ground, expanded)]));
  const byAgreement = new Map(agreements.map((agreement) => [agreement.agreement, agreement]));
  return {
    register(name) {
      const register = compiled.get(name);
      if (!register) throw problem("unknown-register", { params: { register: name } });
      return register;
    },
    ground: (name) => byName.get(name),
    agreement: (name) => byAgreement.get(name),
    registers,
    grounds,
    agreements,
    all: () => [...compiled.values()],
  };
}
