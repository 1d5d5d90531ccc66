import type { Ground, RegisterDeclaration } from "./declaration.ts";
import { problem } from "./problems.ts";
import { type CompiledRegister, compileRegister } from "./store-sql.ts";

/** What is declared, ready to be asked. */
export interface Published {
  /** Throws `registry.unknown-register`. */
  register(name: string): CompiledRegister;
  ground(name: string): Ground | undefined;
  registers: RegisterDeclaration[];
  grounds: Ground[];
}

export function publishedOf(registers: RegisterDeclaration[], grounds: Ground[]): Published {
  const compiled = new Map(registers.map((declaration) => [declaration.register, compileRegister(declaration)]));
  const byName = new Map(grounds.map((ground) => [ground.ground, ground]));
  return {
    register(name) {
      const register = compiled.get(name);
      if (!register) throw problem("unknown-register", { params: { register: name } });
      return register;
    },
    ground: (name) => byName.get(name),
    registers,
    grounds,
  };
}
