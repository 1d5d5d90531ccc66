/**
 * Detached JWS with the header of JAdES (RFC 7515, RFC 7797; ETSI TS 119 182-1): over one body as it is (`b64` false), or over several
 * files by their digests (`sigD`). Level B is the compact form; T and LT are the flattened one with `etsiU` beside the signature.
 */
import { parseCertificate } from "../certificate.ts";
import type { Signer } from "../signer.ts";
import { hashOf } from "./algorithm.ts";
import { collectMaterial, type Level, type LevelMeans, reaches } from "./means.ts";
import { readToken } from "./token.ts";
import type { SignedFile } from "./xades-sign.ts";

export type JwsSigning = {
  readonly at: Date;
  /** Media type of the body. */
  readonly contentType?: string;
  readonly level?: Exclude<Level, "LTA">;
  readonly means?: LevelMeans;
};

export const BY_HASH = "http://uri.etsi.org/19182/ObjectIdByURIHash";

const url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** `header..signature`; the body travels beside it. */
export function signJws(body: Uint8Array, signer: Signer, signing: JwsSigning): Promise<string> {
  const { contentType } = signing;
  const header = headerOf(signer, signing, { b64: false, ...(contentType !== undefined && { cty: contentType }) });
  return finish(header, body, { signer, signing });
}

/** One signature over several files, each by its name and digest; the files travel beside it. */
export function signJwsFiles(files: readonly SignedFile[], signer: Signer, signing: JwsSigning): Promise<string> {
  const sigD = {
    mId: BY_HASH,
    pars: files.map(({ name }) => name),
    hashM: "S256",
    hashV: files.map(({ content }) => url(hashOf("sha256", content))),
    ctys: files.map(({ mediaType }) => mediaType),
  };
  return finish(headerOf(signer, signing, { sigD }), Buffer.alloc(0), { signer, signing });
}

/** The certificate by its digest and whole, the time, and the list of what a reader has to understand (RFC 7515, 4.1.11). */
function headerOf(signer: Signer, { at }: JwsSigning, own: Record<string, unknown>): string {
  const { certificate, chain } = signer;
  return url(
    Buffer.from(
      JSON.stringify({
        alg: "ES256",
        "x5t#S256": url(Buffer.from(certificate.fingerprint, "hex")),
        x5c: [certificate, ...chain].map(({ der }) => der.toString("base64")),
        sigT: `${at.toISOString().slice(0, 19)}Z`,
        ...own,
        crit: ["sigT", ...Object.keys(own).filter((name) => name !== "cty")],
      }),
    ),
  );
}

type Finishing = { signer: Signer; signing: JwsSigning };

async function finish(header: string, body: Uint8Array, { signer, signing }: Finishing): Promise<string> {
  const signature = url(signer.sign(Buffer.concat([Buffer.from(`${header}.`, "latin1"), body])));
  const { level = "B", means } = signing;
  if (level === "B") return `${header}..${signature}`;
  if (!means) throw new RangeError("a level above B needs a time-stamping authority");
  return liftJws(`${header}..${signature}`, level, means);
}

/** Lifts the compact form; what is signed stays as it is. Throws RangeError when it is none. */
export async function liftJws(compact: string, level: Exclude<Level, "LTA">, means: LevelMeans): Promise<string> {
  const [header, payload, signature, ...rest] = compact.split(".");
  if (!header || payload !== "" || !signature || rest.length > 0) throw new RangeError("not a detached signature");
  // Over the signature as it is written (TS 119 182-1, 5.3.4).
  const token = means.stamper.stamp(hashOf("sha256", Buffer.from(signature, "latin1")));
  const value = (der: Buffer): { val: string } => ({ val: der.toString("base64") });
  const etsiU: unknown[] = [{ sigTst: { tstTokens: [value(token)] } }];
  if (reaches(level, "LT")) {
    const certificates = certificatesOf(header);
    const leaves = [...certificates, ...readToken(token).certificates].filter(({ isAuthority }) => !isAuthority);
    const material = await collectMaterial(leaves, means.status);
    etsiU.push({ xVals: material.certificates.map((der) => ({ x509Cert: value(der) })) });
    etsiU.push({ rVals: { crlVals: material.lists.map(value), ocspVals: material.answers.map(value) } });
  }
  return JSON.stringify({ payload: "", protected: header, signature, header: { etsiU } });
}

function certificatesOf(header: string) {
  const { x5c } = JSON.parse(Buffer.from(header, "base64url").toString("utf8")) as { x5c: string[] };
  return x5c.map((one) => parseCertificate(Buffer.from(one, "base64")));
}
