import { eventContent, leafOf } from "./batch-tree.ts";
import type { Values } from "./declaration.ts";
import { type Wording, wordingAt } from "./store-publish.ts";
import { type CompiledRegister, compileRegister } from "./store-sql.ts";

type Row = Record<string, unknown>;

/** What the leaf of a version was made of. */
export interface VersionContent {
  content: string;
  /** Fields that have a value in it and are declared no more. */
  dropped: string[];
}

export interface VersionContents {
  /**
   * The content of a version (all columns of its row) that gives this leaf; undefined where none does. A version speaks in the words
   * of its time: fields that were renamed or widened since stand in it as they were.
   */
  fitting(row: Row, leaf: Buffer): VersionContent | undefined;
}

/** Contents of versions of a register, under all declarations there ever were. */
export function createVersionContents(register: CompiledRegister, wordings: Wording[]): VersionContents {
  const now: Wording = { declaration: register.expanded.declared, moved: {}, publishedAt: new Date(0) };
  const all = wordings.length > 0 ? wordings : [now];
  const known = new Map<Wording, CompiledRegister>();
  const compile = (wording: Wording) => {
    const made = known.get(wording) ?? compileRegister(wording.declaration);
    known.set(wording, made);
    return made;
  };
  return {
    fitting(row, leaf) {
      const then = wordingAt(all, row.recorded_at as Date)!;
      // The server that recorded it may have had another clock, or an older declaration, than the one that published.
      for (const wording of [then, ...all.filter((one) => one !== then)]) {
        const made = contentOf(register, row, { compiled: compile(wording), moved: wording.moved });
        if (leafOf(row.salt as string, made.content).equals(leaf)) return made;
      }
      return undefined;
    },
  };
}

function contentOf(
  register: CompiledRegister,
  row: Row,
  { compiled, moved }: { compiled: CompiledRegister; moved: Record<string, string> },
): VersionContent {
  const { register: name, key, fields } = register.declaration;
  const values: Values = {};
  const dropped: string[] = [];
  for (const { field, decode } of compiled.columns) {
    const column = moved[field] ?? field;
    const raw = row[column];
    const value = decode ? decode(raw) : ((raw ?? null) as Values[string]);
    values[field] = value;
    if (value !== null && !Object.hasOwn(fields, column)) dropped.push(field);
  }
  const content = eventContent({
    register: name,
    key: row[key] as string,
    event: row.event as string,
    version: row.version as number,
    validFrom: row.valid_from as string,
    validTo: row.valid_to as string | null,
    ended: row.ended as boolean,
    state: row.state as string | null,
    document: row.document as string,
    documentKind: row.document_kind as string | null,
    documentOn: row.document_on as string | null,
    act: row.act as string,
    case: row.case_id as string | null,
    actor: row.actor as string,
    recordedAt: row.recorded_at as Date,
    values,
  });
  return { content, dropped };
}
