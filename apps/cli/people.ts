import { parseArgs } from "node:util";
import { createLog } from "@kerege/kernel/log";
import { Problem } from "@kerege/kernel/problem";
import { faultLines } from "@kerege/server/faults";
import { openState, placeOf, readAll } from "@kerege/server/open";
import type { SyntheticDoor } from "@kerege/synthetic";
import type { Run } from "./terminal.ts";

/** `kerege people --count N`: makes invented people until there are N; only in a demo country. */
export const people: Run = async (args, terminal) => {
  const { values } = parseArgs({ args, options: { count: { type: "string" } }, strict: false });
  const count = Number(values.count);
  if (!Number.isSafeInteger(count) || count < 1) {
    terminal.complain(terminal.say("people.count"));
    return 2;
  }
  const place = placeOf(process.env);
  const declared = readAll(place);
  if (declared.faults.length > 0) {
    terminal.print(faultLines(declared, terminal.language));
    return 1;
  }
  const progress = (key: string, shown?: Record<string, string | number>) =>
    terminal.print(`  ${declared.texts.translate(terminal.language, key, shown)}`);
  const log = createLog((line) => process.stderr.write(line));
  const state = await openState({
    place,
    declared,
    env: process.env,
    log,
    join: true,
    progress: (key, shown) => !key.startsWith("server.") && progress(key, shown),
  });
  try {
    const made = await (state.house.doors.synthetic as SyntheticDoor).ensure(count, progress);
    terminal.print(terminal.say("people.made", { count: made }));
    return 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const [block, ...rest] = error.code.split(".");
    terminal.complain(declared.texts.translate(terminal.language, `${block}.problems.${rest.join(".")}.detail`, error.params));
    return 1;
  } finally {
    await state.close();
  }
};
