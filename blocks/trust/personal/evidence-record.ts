/**
 * A simple signature is no certificate but evidence: what was shown, to whom, how surely that person was known, when. The record is JSON
 * inside a CAdES signature with a time stamp, made by the seal of the state, so any program for CMS checks it without us.
 */
import { createHash } from "node:crypto";
import type { Actor, Assurance } from "@kerege/kernel/actor";
import type { Shown } from "@kerege/kernel/asker";
import type { ToSign } from "./contract.ts";

export const EVIDENCE_BODY = { code: "signature-evidence", name: "Evidence of simple signatures" };

export type EvidenceRecord = {
  readonly kerege: "simple-signature/1";
  readonly signer: {
    readonly pin: string;
    readonly name: string;
    readonly assurance: Assurance;
    /** What was shown at the sign-in, as RFC 8176 names it, and when; missing where it is not known. */
    readonly methods?: readonly string[];
    readonly signedInAt?: string;
  };
  readonly document: { readonly title: string; readonly media: string; readonly bytes: number; readonly sha256: string };
  /** The words beside the button that was pressed. */
  readonly agreed: string;
  /** ISO 8601, UTC. */
  readonly at: string;
};

export function evidenceOf(
  { title, media, content }: Pick<ToSign, "title" | "media" | "content">,
  by: { actor: Extract<Actor, { kind: "person" }>; name: string; shown: Shown | undefined; agreed: string; at: Date },
): Buffer {
  const record: EvidenceRecord = {
    kerege: "simple-signature/1",
    signer: {
      ...{ pin: by.actor.pin, name: by.name, assurance: by.actor.assurance ?? "simple" },
      ...(by.shown && { methods: by.shown.methods, signedInAt: by.shown.at.toISOString() }),
    },
    document: { title, media, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") },
    agreed: by.agreed,
    at: by.at.toISOString(),
  };
  return Buffer.from(`${JSON.stringify(record, null, 2)}\n`);
}
