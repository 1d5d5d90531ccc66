import type { ChannelKind } from "./account.ts";

/** What somebody types to say which account is his or hers. */
export type Identifier = { kind: "pin"; pin: string } | { kind: ChannelKind; address: string };

/** RFC 5321, 4.5.3.1.3. */
const MOST_MAIL = 254;

/** Undefined where it is none of them. A phone is kept as `+996700123456`; a mail address in small letters. */
export function readIdentifier(typed: string): Identifier | undefined {
  const text = typed.trim();
  const mail = readMail(text);
  if (mail) return { kind: "mail", address: mail };
  const pin = text.replaceAll(/[\s-]/g, "");
  // Fourteen digits in Kyrgyzstan, twelve in Kazakhstan; a phone number begins with +.
  if (/^\d{12}$|^\d{14}$/.test(pin)) return { kind: "pin", pin };
  const phone = readPhone(text);
  return phone === undefined ? undefined : { kind: "phone", address: phone };
}

export function readMail(typed: string): string | undefined {
  const text = typed.trim().toLowerCase();
  return text.length <= MOST_MAIL && /^[^\s@<>(),;:"\\[\]]{1,64}@[a-z0-9.-]+\.[a-z0-9-]{2,}$/.test(text) ? text : undefined;
}

/** ITU-T E.164: at most fifteen digits with the country. */
export function readPhone(typed: string): string | undefined {
  const text = typed.trim().replaceAll(/[\s().-]/g, "");
  return /^\+[1-9]\d{8,14}$/.test(text) ? text : undefined;
}

/** For a page that must not tell all to who looks over a shoulder: `a…@example.org`, `+996…56`. */
export function veil(channel: { kind: ChannelKind; address: string }): string {
  if (channel.kind === "phone") return `${channel.address.slice(0, 4)}…${channel.address.slice(-2)}`;
  const [name = "", host = ""] = channel.address.split("@");
  return `${name.slice(0, 1)}…@${host}`;
}
