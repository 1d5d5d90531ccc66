import { readFileSync } from "node:fs";

/** Processes that come with the house, so that most services draw none. */
export const stockProcesses = ["straight-through", "one-review", "review-with-inspection", "board", "parallel-bodies"] as const;
export type StockProcess = (typeof stockProcesses)[number];

/** The file (BPMN 2.0 XML) of a stock process. */
export function readStock(name: StockProcess): string {
  return readFileSync(new URL(`./${name}.bpmn`, import.meta.url), "utf8");
}

export function isStock(name: string): name is StockProcess {
  return stockProcesses.some((one) => one === name);
}
