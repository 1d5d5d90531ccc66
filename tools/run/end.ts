/**
 * One end for a command: SIGTERM, SIGINT or the time limit. What was started listens to `signal`; `exitCode` says how to leave.
 */
export type End = { signal: AbortSignal; exitCode(): number | undefined; release(): void };

/** Listens for the end of the process. @param limit milliseconds after which the command gives up, if any */
export function awaitEnd(limit?: number): End {
  const controller = new AbortController();
  let code: number | undefined;
  const end = (given: number) => {
    code ??= given;
    controller.abort();
  };
  const onTerm = () => end(143);
  const onInt = () => end(130);
  process.on("SIGTERM", onTerm);
  process.on("SIGINT", onInt);
  const timer = limit === undefined ? undefined : setTimeout(() => end(124), limit);
  timer?.unref();
  return {
    signal: controller.signal,
    exitCode: () => code,
    release() {
      process.off("SIGTERM", onTerm);
      process.off("SIGINT", onInt);
      clearTimeout(timer);
    },
  };
}
