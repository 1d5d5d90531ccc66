import type { Means } from "@kerege/kernel/block";
import type { Multilingual } from "@kerege/kernel/locale";
import type { Agreement } from "./declaration.ts";
import type { RegistryDoor } from "./door.ts";
import { createPassports, type PassportsDeclaration } from "./register-of-registers.ts";

const JOB = "registry.passports";
const DAY_MS = 86_400_000;

/**
 * The register of registers is brought up to the declarations at every start. It is counted after that, once all first records are
 * in, and then once a day. A country none of whose packs declares it has none.
 */
export function openPassports(
  means: Means,
  given: { door: RegistryDoor; agreements: Agreement[]; bodyTitle?: (code: string) => Multilingual | undefined },
): { prepare(): Promise<void>; stop(): void } {
  const declared = means.packs.files<PassportsDeclaration>("register-of-registers")[0]?.value;
  if (!declared) return { prepare: async () => {}, stop() {} };
  const { door, agreements, bodyTitle } = given;
  const passports = createPassports(means, {
    passports: declared,
    registers: door.registers(),
    grounds: door.grounds(),
    agreements,
    bodyName: (code, language) => bodyTitle?.(code)?.[language],
    door,
  });
  means.jobs.perform(JOB, async () => void (await passports.refresh()));
  const ask = () => means.database.transaction((tx) => means.jobs.ask(tx, { name: JOB, body: {} }));
  const timer = setInterval(() => void ask().catch((error) => means.log.fault("register of registers not asked", error)), DAY_MS);
  timer.unref();
  return {
    async prepare() {
      await passports.refresh({ count: false });
      await ask();
    },
    stop: () => clearInterval(timer),
  };
}
