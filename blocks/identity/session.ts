import type { Shown } from "@kerege/kernel/asker";
import type { Desks } from "./desks.ts";
import type { FactorsDoor } from "./factors/factors.ts";
import type { Acting } from "./mandates/acting.ts";
import type { Mandates } from "./mandates/mandates.ts";
import type { ProviderDoor } from "./provider/provider.ts";

/** How surely a person is known. `demo` only ever exists in a demo country. */
export type Assurance = "demo" | "simple" | "substantial" | "high";

export interface Session {
  id: string;
  pin: string;
  /** The person's name when the session was opened, to greet with: pages do not read a register for it. */
  name: string;
  assurance: Assurance;
  /** What the person recognises the device by, e.g. `Firefox, Android`. */
  device: string;
  openedAt: Date;
  expiresAt: Date;
}

export interface IdentityDoor extends Desks, Acting, ProviderDoor {
  /** Who may act for whom. */
  mandates: Mandates;
  /** Accounts of people and what they sign in with. */
  factors: FactorsDoor;
  /** True where anyone may sign in as any invented person: in a country declared as demo, never elsewhere. */
  demo: boolean;
  /** Opens a session for an invented person; a Problem `identity.not-a-demo` in a real country. The token is given once. */
  signInAsDemo(person: { pin: string; name: string }, userAgent: string): Promise<{ token: string; session: Session }>;
  /** The session of a token, if it is open and in time. */
  find(token: string): Promise<Session | undefined>;
  /** What was shown when the open session of a token began (RFC 8176). */
  shown(token: string): Promise<Shown | undefined>;
  signOut(token: string): Promise<void>;
  /** Open sessions of a person, newest first. */
  list(pin: string): Promise<Session[]>;
  /** Ends one of the person's own sessions or desks; another's is not found. */
  end(pin: string, id: string): Promise<void>;
  /**
   * An official leaves a desk. The session at the provider ends with it, so that nobody goes on at this browser under that name, unless
   * the same browser has an open session of the portal.
   */
  leaveDesk(token: string, browser: { session: string | undefined }): Promise<void>;
  /** Ends every session and desk of a person, where what opened them may have fallen into other hands. */
  endAll(pin: string): Promise<void>;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** 32 random bytes in base64url; anything else is no token and is never looked up. */
export function isToken(text: string | undefined): text is string {
  return text !== undefined && TOKEN.test(text);
}

const browsers: [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/YaBrowser\//, "Yandex"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: [RegExp, string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** Browser and system in a few words; the full text a browser sends is not kept. */
export function describeDevice(userAgent: string): string {
  const found = [browsers, systems].map((list) => list.find(([pattern]) => pattern.test(userAgent))?.[1]);
  return found.filter(Boolean).join(", ") || "—";
}
