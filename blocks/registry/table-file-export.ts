import type { Actor } from "@kerege/kernel/actor";
import { recordJson } from "./api-answers.ts";
import { searchOf } from "./api-asking.ts";
import { registerApi } from "./api-register.ts";
import type { RegisterDeclaration, Value } from "./declaration.ts";
import type { Found, Page, RegistryDoor, SearchRequest } from "./door.ts";
import { type CompiledRegister, compileRegister } from "./store-sql.ts";
import { writeCsv, writeJsonLines, writeXlsx } from "./table-file.ts";

export type Format = "csv" | "jsonl" | "xlsx";

/**
 * All that a declared search finds, page by page, as the bytes of a file; memory for one page. Each page is a reading like any other:
 * written, counted under the bulk rule of its ground. Columns go by the names that an import takes. The first page is asked for at
 * once, so that a denial is thrown and not written.
 */
export async function exportFile(
  door: Pick<RegistryDoor, "search">,
  actor: Actor,
  { register, asked, format }: { register: CompiledRegister; asked: SearchRequest; format: Format },
): Promise<AsyncIterable<Buffer>> {
  const first = await door.search(actor, asked);
  const found = async function* (): AsyncGenerator<Found> {
    let page: Page<Found> = first;
    for (;;) {
      yield* page.rows;
      if (page.next === undefined) return;
      page = await door.search(actor, { ...asked, after: page.next });
    }
  };
  if (format === "jsonl") return writeJsonLines(mapped(found(), (one) => recordJson(register, one)));
  const { key, states } = register.declaration;
  const columns = asked.fields.flatMap((field) => columnsOf(register, field)).filter((column) => column !== key);
  const rows = mapped(found(), (one): Value[] => [
    one.key,
    one.validFrom,
    ...(states ? [one.state ?? null] : []),
    ...columns.map((column) => one.values[column] ?? null),
  ]);
  const names = [key, "valid_from", ...(states ? ["state"] : []), ...columns];
  return format === "csv" ? writeCsv(names, rows) : writeXlsx(names, rows);
}

/** A search as a terminal asks it, by the names of the API. @throws {Problem} `kernel.invalid-input`, `registry.unknown-field` */
export function readSearch(
  door: Pick<RegistryDoor, "grounds">,
  given: { register: RegisterDeclaration; query: Record<string, string>; actor: Actor },
): { register: CompiledRegister; asked: SearchRequest } {
  const register = compileRegister(given.register);
  const api = registerApi(register);
  const query = api.readTyped(given.query);
  return { register, asked: searchOf({ grounds: door.grounds() }, api, { query, asker: { actor: given.actor, known: true } }) };
}

/** Columns of a field, but for those that are worked out from others. */
function columnsOf({ expanded }: CompiledRegister, field: string): string[] {
  const parts = expanded.composites.get(field)?.parts;
  return parts ? parts.filter((part) => !part.derived).map((part) => part.column) : (expanded.columnsOf.get(field) ?? [field]);
}

async function* mapped<From, To>(source: AsyncIterable<From>, make: (one: From) => To): AsyncGenerator<To> {
  for await (const one of source) yield make(one);
}
