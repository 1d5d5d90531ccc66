/** GeneralizedTime as OCSP (RFC 6960, 4.2.2.1) and time stamps (RFC 3161, 2.4.2) use it: for every year, and with fractions. */
import { type Der, DerFault, encode, TAG } from "../der.ts";

/** Seconds that were written last: an answer names two, and thousands of answers name the same. */
const written = new Map<number, Buffer>();
const MOST_WRITTEN = 64;

/** Whole seconds, UTC. */
export function second(at: Date): Buffer {
  const since = Math.floor(at.getTime() / 1000);
  const known = written.get(since);
  if (known) return known;
  const made = encode(TAG.generalizedTime, Buffer.from(`${digitsOf(at)}Z`, "latin1"));
  if (written.size >= MOST_WRITTEN) written.clear();
  written.set(since, made);
  return made;
}

/** With milliseconds; zeros at the end of the fraction are left out, and the point with them. */
export function moment(at: Date): Buffer {
  const fraction = String(at.getUTCMilliseconds()).padStart(3, "0").replace(/0+$/, "");
  return encode(TAG.generalizedTime, Buffer.from(`${digitsOf(at)}${fraction && `.${fraction}`}Z`, "latin1"));
}

const digitsOf = (at: Date): string => at.toISOString().slice(0, 19).replace(/[-:T]/g, "");

/** Throws DerFault unless it is a time in the one form of DER; below milliseconds it is cut. */
export function readInstant(value: Der | undefined): Date {
  const text = value?.tag === TAG.generalizedTime ? value.content.toString("latin1") : "";
  const [, digits, fraction = ""] = /^(\d{14})(\.\d{0,8}[1-9])?Z$/.exec(text) ?? [];
  if (!digits) throw new DerFault("time expected");
  const at = new Date(
    `${digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, "$1-$2-$3T$4:$5:$6")}${fraction.slice(0, 4)}Z`,
  );
  if (Number.isNaN(at.getTime()) || digitsOf(at) !== digits) throw new DerFault("no such time");
  return at;
}
