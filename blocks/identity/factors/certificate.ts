import { verify, X509Certificate } from "node:crypto";
import type { Challenges } from "./challenge.ts";

/**
 * Tells whose certificate this is, where it is one for signing in, of a person, given by an authority of this installation, in time and not
 * revoked; undefined for any other. Told by the block that knows the authorities.
 * @param chain as it was shown (DER), the holder's own first; those after it may help to find the way and are trusted for nothing
 */
export type FindHolder = (chain: Buffer[]) => Promise<{ pin: string } | undefined>;

export interface Certificates {
  /** The text that is to be signed. */
  challenge(): string;
  /**
   * A JWS in compact form (RFC 7515) over the challenge, with ES256 and the certificate in its header (`x5c`). The number of the holder;
   * undefined where it is refused, for whatever reason. The challenge is burnt before anything else is looked at.
   */
  signed(jws: string): Promise<string | undefined>;
  /** A certificate whose key was shown in a TLS handshake (RFC 8446, 4.4.3). */
  shown(chain: Buffer[]): Promise<string | undefined>;
}

const MOST_LENGTH = 30_000;
const MOST_IN_CHAIN = 5;

export function createCertificates(given: { challenges: Challenges; holders: { find?: FindHolder } }): Certificates {
  const { challenges, holders } = given;
  const shown = async (chain: Buffer[]) => (await holders.find?.(chain))?.pin;
  return {
    challenge: () => challenges.make("certificate"),
    shown,
    async signed(jws) {
      const parts = jws.trim().split(".");
      if (jws.length > MOST_LENGTH || parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) return undefined;
      const [head, body, signature] = parts as [string, string, string];
      if (!(await challenges.burn(Buffer.from(body, "base64url").toString(), "certificate"))) return undefined;
      const chain = chainOf(head);
      if (!chain?.[0] || !isSigned(chain[0], { text: `${head}.${body}`, signature })) return undefined;
      return shown(chain);
    },
  };
}

/** The algorithm is ours to choose and not the sender's; a header with anything more is not read. */
function chainOf(head: string): Buffer[] | undefined {
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(head, "base64url").toString());
  } catch {
    return undefined;
  }
  if (typeof header !== "object" || header === null) return undefined;
  const { alg, x5c, typ, ...more } = header as Record<string, unknown>;
  if (alg !== "ES256" || Object.keys(more).length > 0 || (typ !== undefined && typ !== "JOSE")) return undefined;
  if (!Array.isArray(x5c) || x5c.length > MOST_IN_CHAIN || !x5c.every((one) => typeof one === "string")) return undefined;
  return x5c.map((one: string) => Buffer.from(one, "base64"));
}

function isSigned(der: Buffer, { text, signature }: { text: string; signature: string }): boolean {
  try {
    const key = new X509Certificate(der).publicKey;
    if (key.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "prime256v1") return false;
    return verify("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
  } catch {
    // What is no certificate at all.
    return false;
  }
}
