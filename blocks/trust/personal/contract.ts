/** What other blocks may ask of signatures by people. */
import type { Actor } from "@kerege/kernel/actor";

/** What a person signs: the text that is shown, or a PDF that can be opened; these bytes and no others. */
export type ToSign = {
  /** Shown above, in the language of the person. At most 200 characters. */
  readonly title: string;
  readonly media: "text/plain" | "application/pdf";
  /** UTF-8 where it is text. At most 10 MB. */
  readonly content: Uint8Array;
  /**
   * `advanced`: with the person's own key and certificate, at level LT. `simple`: by a press of a button; what was shown, to whom, how
   * surely known and when is kept as evidence under the seal of the state (regulation 910/2014, article 3.10).
   */
  readonly kind: SignatureKind;
};

export type SignatureKind = "advanced" | "simple";

export type SigningOrder = ToSign & {
  /** Name of the block that asks. */
  readonly askedBy: string;
  /** By which the block knows the request again; told with `trust.request-settled`. */
  readonly reference: string;
  /** Where the person goes afterwards: a path of the portal without the language, e.g. `/cases/…`. */
  readonly back: string;
  /** Minutes; 60 when left out. */
  readonly minutes?: number;
};

export type RequestState = "waiting" | "signed" | "declined" | "expired";

export type SigningRequest = {
  readonly id: string;
  readonly title: string;
  readonly media: ToSign["media"];
  readonly content: Buffer;
  readonly kind: SignatureKind;
  readonly back: string;
  readonly state: RequestState;
  readonly createdAt: Date;
  readonly settledAt: Date | undefined;
  /** A PDF that holds the signature; CMS with the text inside; for a simple one CMS with the evidence inside. */
  readonly signed: Buffer | undefined;
};

/** Told when a person signed or declined. */
export type RequestSettled = {
  readonly request: string;
  readonly askedBy: string;
  readonly reference: string;
  readonly holder: string;
  readonly state: "signed" | "declined";
};

export type SignerName = { readonly surname: string; readonly givenName: string };

/** Names for a certificate, from the block that keeps people; the actor is who asks, for the record of the read. */
export type FindName = (pin: string, actor: Actor) => Promise<SignerName | undefined>;

export type SignaturesDoor = {
  /** Told by the block that knows people; without it nobody gets a certificate. */
  readonly names: { find?: FindName };
  /** Asks a person for a signature; the step is at the path returned, after the language. Throws `trust.unfit-to-sign`. */
  ask(holder: string, order: SigningOrder): Promise<{ id: string; path: string }>;
  /** Undefined where the person has no such request. */
  find(holder: string, id: string): Promise<SigningRequest | undefined>;
};
