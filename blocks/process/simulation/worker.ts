import { parentPort, workerData } from "node:worker_threads";
import type { SimulateHere, Tried } from "./source.ts";

/** Thread of one simulation: a page is answered while it counts. */
export interface Ordered {
  readonly module: string;
  readonly given: unknown;
  readonly tried: Tried;
}

/** From the thread: how far it is, that it wants more cases, and how it ended. */
export type Told =
  | { readonly kind: "progress"; readonly done: number }
  | { readonly kind: "more" }
  | { readonly kind: "ended"; readonly result: Awaited<ReturnType<SimulateHere>> };

/** To the thread: more cases; none are the end. */
export type Batch = readonly unknown[];

const port = parentPort;
if (port) {
  const { module, given, tried } = workerData as Ordered;
  const tell = (told: Told) => port.postMessage(told);
  async function* batches(): AsyncGenerator<Batch> {
    for (;;) {
      const batch = new Promise<Batch>((resolve) => port!.once("message", resolve));
      tell({ kind: "more" });
      const cases = await batch;
      if (cases.length === 0) return;
      yield cases;
    }
  }
  const { simulateHere } = (await import(module)) as { simulateHere: SimulateHere };
  const progress = (done: number) => {
    tell({ kind: "progress", done });
    return true;
  };
  tell({ kind: "ended", result: await simulateHere(given, tried, { batches: batches(), progress }) });
}
