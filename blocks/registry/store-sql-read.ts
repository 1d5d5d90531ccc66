import type { Ground, RegisterDeclaration } from "./declaration.ts";
import type { Reach } from "./ground.ts";
import { isOwnKey, subjectFields } from "./read-entry.ts";
import { countingParts } from "./store-bulk.ts";
import { type CompiledRegister, givenRows, literal, quote, textArray } from "./store-sql.ts";

/** What makes one statement of reading differ from another. */
export interface ReadShape {
  register: CompiledRegister;
  fields: string[];
  ground: Ground;
  reach: Reach;
  /** Consent is demanded record by record. */
  consent: boolean;
  /** Register in which it stands whose child somebody is, where the ground reaches children. */
  children?: CompiledRegister;
}

/**
 * What must hold of a row for this reader to see it, as conditions over the row, the question (`own`, `reader_body`) and the day: the
 * part of a ground that depends on the record. Rows that do not hold are as good as not there.
 */
export function visible(
  shape: ReadShape,
  at: { row: string; asked: { own: string; body: string; system: string; day: string } },
): string[] {
  const { register, ground, reach } = shape;
  const { row, asked } = at;
  const about = subjectFields(register.declaration).map((field) => `${row}.${quote(field)}`);
  const made: string[] = [];
  if (reach === "person" && about.length > 0) {
    const ways = about.flatMap((one) => [
      ...(ground.readers.self ? [`${one} = ${asked.own}`] : []),
      ...(shape.children ? [childOf(shape, { about: one, own: asked.own, day: asked.day })] : []),
    ]);
    made.push(`(${ways.join(" or ")})`);
  }
  if (shape.consent && about.length > 0)
    made.push(agreed(about, ground, { reader: asked.body, system: asked.system, day: asked.day }));
  for (const [field, allowed] of Object.entries(ground.rows?.[register.declaration.register] ?? {})) {
    const column = register.columns.find((one) => one.field === field)!;
    if (allowed === "reader-body") made.push(`${row}.${column.name} = ${asked.body}`);
    else {
      const list = allowed.map((value) => literal(String(value))).join(", ");
      made.push(`${row}.${column.name} = any(array[${list}]::${column.sqlType}[])`);
    }
  }
  return made;
}

/**
 * Those a row is about have agreed to this ground for this reader: each who is named (and there is somebody), or one where the ground
 * says so. `about`: expressions, null where nobody is named.
 */
export function agreed(about: string[], ground: Ground, asked: { reader: string; system: string; day: string }): string {
  const consented = (subject: string) =>
    `exists (select from registry.consent c where c.subject = ${subject} and c.ground = ${literal(ground.ground)}
      and c.reader = ${asked.reader} and (c.system is null or c.system = ${asked.system}) and c.withdrawn_at is null and (c.until is null or c.until > ${asked.day}))`;
  if (ground.consent === "any" || about.length === 1) return `(${about.map(consented).join(" or ")})`;
  const each = about.map((one) => `(${one} is null or ${consented(one)})`);
  return `(coalesce(${about.join(", ")}) is not null and ${each.join(" and ")})`;
}

/** Those a row is about, as one column `about` of a list of columns: a text, or a list of texts where there may be several. */
export function aboutColumn({ declaration }: CompiledRegister, row: string): string {
  const fields = subjectFields(declaration);
  if (fields.length === 0) return "";
  const columns = fields.map((field) => `${row}.${quote(field)}`);
  return `, ${columns.length === 1 ? columns[0] : `array[${columns.join(", ")}]::text[]`} as about`;
}

function childOf(shape: ReadShape, { about, own, day }: { about: string; own: string; day: string }): string {
  const { parents, bornOn, until } = shape.ground.readers.children!;
  const { declaration, table } = shape.children!;
  const parent = parents.map((field) => `p.${quote(field)} = ${own}`).join(" or ");
  return `exists (select from ${table} p where p.${quote(declaration.key)} = ${about} and (${parent})
    and p.${quote(bornOn)} > ${day} - interval '${Math.trunc(until)} years' and p.ended_on is null)`;
}

/** Parameters of `entered`, in order, behind those of the statement itself. */
const ASKED = [
  "key text",
  "id uuid",
  "reader_kind text",
  "reader_body text",
  "reader_name text",
  "reader_person text",
  "case_id text",
  "service text",
] as const;
const nameOf = (column: string) => column.split(" ")[0]!;
const ENTRY =
  "subject, at, id, reader_kind, reader_body, reader_name, reader_person, register, fields, ground, case_id, service, found, key, batch, place, reason, shown_from";

export interface ReadVariant {
  asOf: boolean;
  reasons: boolean;
  /** The batch is counted under the bound of its ground. */
  counted: boolean;
}

/**
 * The core read: one statement for up to 128 people's requests reads the records, writes who read what on which ground, and the batch
 * with its root and chained head. The list of columns is the list of fields the ground allows, so a field that may not be known is
 * never fetched. Parameters: the columns of the questions, then instant and today, then (unless public) shown from and the batch (id,
 * chain, seq, leaves, root, head, hashes).
 */
export function compileRead(shape: ReadShape, { asOf, reasons, counted }: ReadVariant): string {
  const { register, fields } = shape;
  const { declaration } = register;
  const columnsAsked = [
    ...ASKED,
    ...(reasons ? ["reason text"] : []),
    ...(counted ? ["reader text"] : []),
    ...(shape.reach === "person" ? ["own text"] : []),
    ...(asOf ? ["true_on date", "known_at timestamptz"] : []),
  ];
  const first = columnsAsked.length + 1;
  const [at, today, shownFrom, batch] = [
    `$${first}::timestamptz`,
    `$${first + 1}::date`,
    `$${first + 2}::timestamptz`,
    first + 3,
  ];
  const key = quote(declaration.key);
  const held = visible(shape, {
    row: "t",
    asked: {
      own: "q.own",
      body: "q.reader_body",
      system: "case when q.reader_kind = 'system' then q.reader_name end",
      day: today,
    },
  });
  const columns = `t.version, t.valid_from, t.recorded_at${declaration.states ? ", t.state" : ""}${selected("t", fields)}`;
  const subjects = subjectFields(declaration);
  const about = subjects.length === 1 && isOwnKey(declaration) ? "" : aboutColumn(register, "t");
  const from = asOf
    ? `left join lateral (
        select * from (select * from ${register.versions} v where v.${key} = q.key and v.recorded_at <= q.known_at and v.valid_from <= q.true_on
          and (v.valid_to is null or v.valid_to > q.true_on) order by v.version desc limit 1) t
        where ${["not t.ended", ...held].join(" and ")}) t on true`
    : `left join ${register.table} t on ${[`t.${key} = q.key`, `(t.ended_on is null or t.ended_on > ${today})`, ...held].join(" and ")}`;
  // Named once, so that the type of every parameter is known in every variant.
  const asked = columnsAsked.map((column) => [nameOf(column), column.slice(nameOf(column).length + 1)] as const);
  const rows = `given as (select ${at}, ${today}), q as (${givenRows(asked, false)}),
    r as (select q.*, t.${key} as held_key, ${columns}${about} from q ${from})`;
  // Whoever alarms needs to know about whom.
  const told = about !== "" && shape.ground.breakGlass ? ", about" : "";
  const answer = `select nr::int as nr, version, valid_from, recorded_at${declaration.states ? ", state" : ""}${fields.map((field) => `, ${quote(`f_${field}`)}`).join("")}${told}
    from r where held_key is not null`;
  // Public facts are read without being watched.
  if (shape.reach === "public") return `with ${rows} ${answer}`;
  const bulk = counted ? shape.ground.bulk : undefined;
  const counting = bulk
    ? `${countingParts({ ground: shape.ground.ground, day: today, subject: isOwnKey(declaration) ? "key" : recordOf(declaration), bulk })},`
    : "";
  return `with ${rows}, ${counting} written as (
      insert into registry.read_entry (${ENTRY})
      select ${entrySubject(shape)}, ${at}, id, reader_kind, reader_body, reader_name, reader_person, ${literal(declaration.register)},
        ${textArray(fields)}, ${literal(shape.ground.ground)}, case_id, service, held_key is not null,
        ${about === "" && subjects.length > 0 ? "null" : "key"}, $${batch}::uuid, nr - 1, ${reasons ? "reason" : "null"}, ${shownFrom}
      from r${subjects.length > 1 ? ` cross join lateral (${eachSubject(declaration)}) w` : ""}
    ), sealed as (${insertBatch(batch, at, bulk && "(select one from bounded) = 1")})
    ${answer}`;
}

const recordOf = ({ register }: RegisterDeclaration) => `${literal(`${register}:`)} || key`;

/** A record that is not there, or not for this reader, is about nobody that is known: the entry stands under its number. */
function entrySubject({ register: { declaration } }: ReadShape): string {
  const fields = subjectFields(declaration);
  if (fields.length === 0) return recordOf(declaration);
  if (fields.length > 1) return "w.subject";
  return isOwnKey(declaration) ? "key" : `coalesce(about, ${recordOf(declaration)})`;
}

/** Those a row of `r` is about, one row each: each has the entry of the read, of which there is one leaf. */
function eachSubject(declaration: RegisterDeclaration): string {
  const nobody = isOwnKey(declaration) ? "key" : recordOf(declaration);
  return `select distinct named.subject from unnest(about) as named(subject) where named.subject is not null
        union all select ${nobody} where coalesce(cardinality(array_remove(about, null)), 0) = 0`;
}

/** The batch of a statement: seven parameters from `first` on. */
export function insertBatch(first: number, at: string, only?: string): string {
  const [id, chain, seq, leaves, root, head, hashes] = [0, 1, 2, 3, 4, 5, 6].map((step) => `$${first + step}`);
  const values = `${id}::uuid, ${chain}::uuid, ${seq}::int8, ${at}, 'read', ${leaves}::int, ${root}::bytea, ${head}::bytea, ${hashes}::bytea`;
  return `insert into registry.batch (id, chain, seq, at, kind, leaves, root, head, hashes)
    ${only === undefined ? `values (${values})` : `select ${values} where ${only}`}`;
}

/** Entries of reads that were made by other statements of the same transaction. Parameters: 1 subjects, 2 ids, 3 keys, 4 found, 5-8 reader, 9 register, 10 fields, 11 ground, 12 case, 13 service, 14 reason, 15 shown from, 16 instant, 17 places of their leaves, then the batch. */
export function compileEntries(): string {
  return `with sealed as (${insertBatch(18, "$16::timestamptz")})
    insert into registry.read_entry (${ENTRY})
    select subject, $16::timestamptz, id, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text[], $11::text, $12::text, $13::text,
      found, key, $18::uuid, place, $14::text, $15::timestamptz
    from unnest($1::text[], $2::uuid[], $3::text[], $4::boolean[], $17::int[]) as u(subject, id, key, found, place)`;
}

export function selected(alias: string, fields: string[]): string {
  return fields.map((field) => `, ${alias}.${quote(field)} as ${quote(`f_${field}`)}`).join("");
}
