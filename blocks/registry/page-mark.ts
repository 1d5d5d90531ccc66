import { problem } from "./problems.ts";

export function encodePlace(place: unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** A page mark that was not made here is refused. @throws {Problem} `registry.wrong-page-mark` */
export function decodePlace(mark: string, length: number): (string | null)[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(mark.slice(0, 2000), "base64url").toString("utf8"));
    if (Array.isArray(place) && place.length === length && place.every((part) => typeof part === "string" || part === null))
      return place;
  } catch {
    // Falls through: the mark is not ours.
  }
  throw problem("wrong-page-mark");
}

/** Values of the right shape and the wrong type are found by the database (SQLSTATE class 22, data exception). */
export async function withMark<Result>(after: string | undefined, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!code.startsWith("22")) throw error;
    throw after === undefined ? problem("wrong-search", { cause: error }) : problem("wrong-page-mark", { cause: error });
  }
}
