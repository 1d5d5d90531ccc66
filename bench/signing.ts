import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Signatures of each format and level, and checks of them, per second of one processor (user and system time, so neighbours do not count).
 * Time stamps and answers are made in the same process and are part of the figure. `npm run bench -- signing`.
 */
export function measureSigning(say: (line: string) => void): void {
  const program = fileURLToPath(new URL("../blocks/trust/signing/test/speed.ts", import.meta.url));
  const loader = new URL("../kernel/tsx.mjs", import.meta.url).href;
  const said = execFileSync(process.execPath, ["--import", loader, program], { encoding: "utf8" });
  const { figures } = JSON.parse(said) as { figures: Record<string, number> };
  say("| act | per processor second | ms each |");
  say("| --- | ---: | ---: |");
  for (const [name, count] of Object.entries(figures)) say(`| ${name} | ${count} | ${(1000 / count).toFixed(2)} |`);
}
