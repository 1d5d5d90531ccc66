/**
 * Until when an algorithm is believed. A signature that is older than that day, and is shown to be by a time stamp, stays good; a
 * younger one proves nothing. One row an algorithm; a state changes the days here.
 *
 * Days: NIST IR 8547 (initial public draft, 2024-11), tables 2 and 4: 112 bits of security deprecated after 2030, all signatures that a
 * quantum computer would break disallowed after 2035. Digests: NIST SP 800-131A has no end for SHA-2.
 */
export const SUNSETS: Readonly<Record<string, string>> = {
  "rsa-2048": "2030-12-31",
  "rsa-3072": "2035-12-31",
  "ec-256": "2035-12-31",
  "ec-384": "2035-12-31",
  "ec-521": "2035-12-31",
  ed25519: "2035-12-31",
};

/** The last moment of the algorithm; keys of other lengths of RSA go with the next shorter row. */
export function sunsetOf(name: string): Date {
  const bits = /^rsa-(\d+)$/.exec(name)?.[1];
  const row = bits === undefined ? name : Number(bits) >= 3072 ? "rsa-3072" : "rsa-2048";
  return new Date(`${SUNSETS[row] ?? "1970-01-01"}T23:59:59Z`);
}
