import { requestBounds } from "@kerege/kernel/bound";
import { wholeNumber } from "@kerege/kernel/settings";

export const settings = {
  monthsKept: wholeNumber(
    "KEREGE_READS_MONTHS",
    "Whole months before this one whose reads stay in the database; older ones are in Parquet files below the data folder.",
    3,
    { min: 1, max: 1200 },
  ),
  openBounds: requestBounds("KEREGE_REGISTER_BOUNDS", "pages of registers that are open to everyone, with their searches,", {
    each: 600,
    all: 60_000,
  }),
};
