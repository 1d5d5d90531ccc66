/** Believes a trusted list, or says why not: signature, signer's way to a root, time, and a number that only grows. */
import { type Certificate, parseCertificate } from "../certificate.ts";
import { DerFault } from "../der.ts";
import { verifyRaw } from "../ecdsa.ts";
import { readSignedXml } from "../signing/xades-check.ts";
import { onlyChild, readXml, textOf, XmlFault } from "../signing/xml.ts";
import { validatePath } from "./path.ts";
import type { Memory } from "./revocation.ts";
import { LIST_SPACE } from "./trusted-list.ts";

export type ListVerdict =
  | { readonly valid: true; readonly number: bigint; readonly nextUpdate: Date; readonly signer: Certificate }
  | { readonly valid: false; readonly reason: "malformed" | "signature" | "signer" | "outdated" | "rolled-back" };

export type ListQuestion = { readonly roots: readonly Certificate[]; readonly at: Date; readonly memory: Memory };

const MAX_BYTES = 8_000_000;
const MAX_JWS_CERTIFICATES = 4;

/** `list` is the XML or the compact JWS; both are editions of one list and share a number. */
export function checkTrustedList(list: Buffer, question: ListQuestion): ListVerdict {
  if (list.length > MAX_BYTES) return refuse("malformed");
  try {
    return list[0] === 0x3c ? checkXml(list, question) : checkJws(list.toString("latin1"), question);
  } catch (fault) {
    if (fault instanceof XmlFault || fault instanceof DerFault || fault instanceof SyntaxError) return refuse("malformed");
    throw fault;
  }
}

const refuse = (reason: Extract<ListVerdict, { valid: false }>["reason"]): ListVerdict => ({ valid: false, reason });

function checkXml(list: Buffer, question: ListQuestion): ListVerdict {
  const { signatures, fault } = readSignedXml(list, new Map());
  const [signature] = signatures;
  if (fault || !signature || signature.fault || !signature.certificate || signature.covers.scope !== "whole-file")
    return refuse("signature");
  const root = readXml(list);
  if (root.space !== LIST_SPACE || root.name !== "TrustServiceStatusList") return refuse("malformed");
  const scheme = onlyChild(root, LIST_SPACE, "SchemeInformation");
  const number = textOf(onlyChild(scheme, LIST_SPACE, "TSLSequenceNumber"));
  const next = textOf(onlyChild(onlyChild(scheme, LIST_SPACE, "NextUpdate"), LIST_SPACE, "dateTime"));
  return judge({ list, name: "xml", number, next, signer: signature.certificate, companions: signature.companions }, question);
}

function checkJws(text: string, question: ListQuestion): ListVerdict {
  const [header = "", body = "", signature = "", ...rest] = text.split(".");
  if (rest.length > 0 || ![header, body, signature].every((part) => /^[A-Za-z0-9_-]+$/.test(part))) return refuse("malformed");
  const said = JSON.parse(Buffer.from(header, "base64url").toString()) as Record<string, unknown>;
  const { x5c } = said;
  const isKnown = said.alg === "ES256" && said.typ === "trusted-list+jwt" && said.crit === undefined && Array.isArray(x5c);
  if (!isKnown || x5c.length > MAX_JWS_CERTIFICATES) return refuse("malformed");
  const [signer, ...companions] = x5c.map((one) => parseCertificate(Buffer.from(String(one), "base64")));
  const bytes = Buffer.from(signature, "base64url");
  if (!signer?.publicKey || !verifyRaw(signer.publicKey, Buffer.from(`${header}.${body}`), bytes)) return refuse("signature");
  const content = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
  // A signature of ECDSA can be made anew over the same words: the number belongs to what is said.
  const list = Buffer.from(body);
  return judge(
    { list, name: "jws", number: String(content.number), next: String(content.nextUpdate), signer, companions },
    question,
  );
}

type Edition = {
  list: Buffer;
  name: string;
  number: string;
  next: string;
  signer: Certificate;
  companions: readonly Certificate[];
};

function judge({ list, name, number, next, signer, companions }: Edition, { roots, at, memory }: ListQuestion): ListVerdict {
  const nextUpdate = new Date(next);
  if (!/^[1-9]\d{0,15}$/.test(number) || Number.isNaN(nextUpdate.getTime())) return refuse("malformed");
  if (!validatePath({ leaf: signer, companions, roots, at, purpose: "list" }).valid) return refuse("signer");
  if (nextUpdate < at) return refuse("outdated");
  const known = BigInt(number);
  return memory.admit(`trusted-list ${name}`, { number: known, content: list })
    ? { valid: true, number: known, nextUpdate, signer }
    : refuse("rolled-back");
}
