import path from "node:path";
import type { Language } from "@kerege/kernel/locale";

export interface Terminal {
  language: Language;
  say(key: string, values?: Record<string, string | number>): string;
  print(text: string): void;
  complain(text: string): void;
}

/** Does the work and gives the exit code. */
export type Run = (args: string[], terminal: Terminal) => Promise<number>;
/** A file as the caller meant it: npm runs a command from the root of the installation and says where it was called. */
export function fromCaller(file: string): string {
  return path.resolve(process.env.INIT_CWD ?? process.cwd(), file);
}
