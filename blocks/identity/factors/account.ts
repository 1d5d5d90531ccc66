/** The person behind a number, as the block above tells it. */
export interface KnownPerson {
  pin: string;
  name: string;
  /** `1990-03-15` */
  bornOn: string;
  alive: boolean;
}

/** `identity/people.yaml` of a pack: which register tells it, under which ground. */
export interface PeopleDeclaration {
  register: string;
  ground: string;
  /** Body that keeps the accounts. */
  reader: string;
  name: string[];
  bornOn: string;
  diedOn: string;
}

export interface Account {
  id: string;
  /** Claimed until `confirmedAt`. */
  pin: string;
  name: string;
  openedAt: Date;
  confirmedAt?: Date;
  confirmedBy?: string;
  /** Until then nothing is taken away from the account. */
  guardedUntil?: Date;
}

export type ChannelKind = "mail" | "phone";

export interface Channel {
  id: string;
  kind: ChannelKind;
  address: string;
  confirmedAt: Date;
}

export const authenticatorKinds = ["password", "totp", "passkey", "certificate", "recovery"] as const;
export type AuthenticatorKind = (typeof authenticatorKinds)[number];

export interface Authenticator {
  account: string;
  id: string;
  kind: AuthenticatorKind;
  name: string;
  secret: string;
  credential?: string;
  counter: number;
  addedAt: Date;
  usedAt?: Date;
}

export const securityEvents = [
  "registered",
  "activated",
  "signed-in",
  "failed",
  "factor-added",
  "factor-removed",
  "password-changed",
  "recovered",
  "channel-added",
  "channel-removed",
] as const;
export type SecurityEventName = (typeof securityEvents)[number];

export interface SecurityEvent {
  id: string;
  event: SecurityEventName;
  at: Date;
  device: string;
  /** Kind of the factor, or the level reached. */
  detail?: string;
}

/**
 * Whose sessions these are: the number, where it is confirmed; else a mark of the account itself, which no register knows. A number that is
 * only claimed never gets into a session.
 */
export function subjectOf(account: Pick<Account, "id" | "pin" | "confirmedAt">): string {
  return account.confirmedAt ? account.pin : `account:${account.id}`;
}
