import type { Declared } from "@kerege/kernel/house";
import { createLog } from "@kerege/kernel/log";
import { Problem } from "@kerege/kernel/problem";
import { faultLines } from "@kerege/server/faults";
import { type OpenState, openState, placeOf, readAll } from "@kerege/server/open";
import type { Terminal } from "./terminal.ts";

/**
 * Does something with the state, beside the server that runs or by itself. Faults of declarations and refusals are said as sentences
 * and give 1.
 */
export async function withState(
  terminal: Terminal,
  work: (state: OpenState, declared: Declared) => Promise<number>,
): Promise<number> {
  const place = placeOf(process.env);
  const declared = readAll(place);
  if (declared.faults.length > 0) {
    terminal.print(faultLines(declared, terminal.language));
    return 1;
  }
  const log = createLog((line) => process.stderr.write(line));
  let state: OpenState | undefined;
  try {
    state = await openState({ place, declared, env: process.env, log, join: true, progress: () => {} });
    return await work(state, declared);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    for (const line of problemLines(error, { texts: declared.texts, language: terminal.language })) terminal.complain(line);
    return 1;
  } finally {
    await state?.close();
  }
}

/** A refusal as lines: what it is, what to do, and each field it is about. */
export function problemLines(
  { code, params, fields }: Problem,
  { texts, language }: Pick<Declared, "texts"> & Pick<Terminal, "language">,
): string[] {
  const [block, ...rest] = code.split(".");
  const translate = (part: string) => texts.translate(language, `${block}.problems.${rest.join(".")}.${part}`, params);
  return [
    `${translate("title")}. ${translate("detail")}`,
    ...fields.map((field) => `  ${field.pointer}: ${texts.translate(language, field.key, field.params)}`),
  ];
}
