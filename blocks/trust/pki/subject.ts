/** Names of holders inside certificates (ETSI EN 319 412-1 to -3), and what must not stand in them. */
import { type Certificate, OID } from "../certificate.ts";
import { type Der, DerFault, oid, oidText, partsOf, printable, read, sequence, setOf, TAG, utf8 } from "../der.ts";
import { trustProblem } from "../problems.ts";

/** Parts of a name in the order in which they are written. */
export type Subject = readonly (readonly [type: SubjectPart, text: string])[];
export type SubjectPart =
  | "country"
  | "organization"
  | "organizationIdentifier"
  | "commonName"
  | "surname"
  | "givenName"
  | "serialNumber"
  | "title";

/** Upper bounds of RFC 5280, appendix A.1; the organisation's name is longer in life than in the standard, and readers allow it. */
const MOST: Record<SubjectPart, number> = {
  country: 2,
  organization: 200,
  organizationIdentifier: 64,
  commonName: 64,
  surname: 40,
  givenName: 40,
  serialNumber: 64,
  title: 64,
};

/** Control, format (bidi) and line characters could make one name look like another's; NUL cuts it short in other programs. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

export const isVisible = (text: string): boolean => text.trim() === text && text !== "" && !INVISIBLE.test(text);

/** DER of the name. Throws `trust.unfit-subject` naming the part that cannot stand in a certificate. */
export function writeSubject(subject: Subject): Buffer {
  return sequence(
    ...subject.map(([part, text]) => {
      if (!isVisible(text) || text.length > MOST[part]) throw trustProblem("unfit-subject", { params: { part } });
      // Country and serial number are PrintableString by RFC 5280; the pattern keeps them so.
      const plain = part === "country" || part === "serialNumber";
      if (plain && !/^[A-Za-z0-9 '()+,./:=?-]+$/.test(text)) throw trustProblem("unfit-subject", { params: { part } });
      return setOf(sequence(oid(OID[part]), plain ? printable(text) : utf8(text)));
    }),
  );
}

/** Cuts a text to what fits into a part; the full name stands in another. */
export const fitting = (part: SubjectPart, text: string): string => [...text].slice(0, MOST[part]).join("").trim();

export type NameAttribute = { readonly type: string; readonly text: string };

const STRINGS: Record<number, BufferEncoding | "utf16be"> = { 12: "utf8", 19: "latin1", 22: "latin1", 30: "utf16be" };

/** The attributes of a name in order. Throws DerFault for strings in an encoding that is not read, or with invisible characters. */
export function readAttributes(name: Der): NameAttribute[] {
  return partsOf(name, TAG.sequence).flatMap((set) =>
    partsOf(set, TAG.set).map((attribute) => {
      const [type, value] = partsOf(attribute, TAG.sequence, 2) as [Der, Der];
      const encoding = STRINGS[value.tag];
      if (!encoding) throw new DerFault("unknown kind of string");
      const text =
        encoding === "utf16be" ? Buffer.from(value.content).swap16().toString("utf16le") : value.content.toString(encoding);
      if (INVISIBLE.test(text) || text.includes("\ufffd")) throw new DerFault("invisible characters in a name");
      return { type: oidText(type), text };
    }),
  );
}

/** Each relative name as its encoding, for comparing beginnings (name constraints) byte for byte. */
export const relativeNames = (name: Buffer): readonly Buffer[] => partsOf(read(name), TAG.sequence).map(({ bytes }) => bytes);

/** As people read it: `Common name (identifier)`. */
export function shownName({ name }: Certificate): string {
  const id = name.serialNumber || name.organizationId;
  return id ? `${name.commonName} (${id})` : name.commonName;
}
