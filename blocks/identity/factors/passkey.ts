import { hash } from "node:crypto";
import type { Multilingual } from "@kerege/kernel/locale";
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import type { Authenticator } from "./account.ts";
import { type Asserted, believeAssertion } from "./assertion.ts";
import type { Challenges } from "./challenge.ts";
import { createCoseKeys } from "./cose-key.ts";

/** ES256, EdDSA, RS256 (IANA COSE algorithms): what authenticators make. */
const ALGORITHMS = [-7, -8, -257];
const TIMEOUT_MS = 5 * 60_000;

/** This installation as authenticators know it (WebAuthn 3, 5.1.2). */
export interface RelyingParty {
  /** `https://portal.example` */
  origin: string;
  /** Host of the origin. */
  id: string;
  name: Multilingual;
}

export interface MadePasskey {
  credential: string;
  /** COSE key, base64url. */
  publicKey: string;
  counter: number;
}

export type ShownPasskey = Asserted;

export interface Passkeys {
  creation(given: {
    account: string;
    name: string;
    known: string[];
    language: keyof Multilingual;
  }): PublicKeyCredentialCreationOptionsJSON;
  request(): PublicKeyCredentialRequestOptionsJSON;
  /** Undefined where the answer is refused, for whatever reason. */
  created(account: string, answer: string): Promise<MadePasskey | undefined>;
  /**
   * Looks at the answer of a sign-in; the challenge is burnt before anything else is looked at.
   * @param find the passkey of a credential id
   */
  shown(
    answer: string,
    find: (credential: string) => Promise<Authenticator | undefined>,
  ): Promise<{ passkey: Authenticator; shown: ShownPasskey } | undefined>;
}

/** Read when the first passkey is made: it takes a fifth of a second and 20 MB, which a start need not wait for. */
const library = () => import("@simplewebauthn/server");

export function createPasskeys(given: { party: RelyingParty; challenges: Challenges }): Passkeys {
  const { party, challenges } = given;
  const siteHash = hash("sha256", party.id, "buffer");
  const keyOf = createCoseKeys();
  return {
    creation: ({ account, name, known, language }) => ({
      rp: { id: party.id, name: party.name[language] },
      // The handle is the account and tells nothing about the person (WebAuthn 3, 14.6.1).
      user: { id: Buffer.from(account).toString("base64url"), name, displayName: name },
      challenge: challenges.make(`add ${account}`),
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ alg, type: "public-key" as const })),
      timeout: TIMEOUT_MS,
      excludeCredentials: known.map((id) => ({ id, type: "public-key" as const })),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
    }),
    request: () => ({
      rpId: party.id,
      challenge: challenges.make("sign-in"),
      timeout: TIMEOUT_MS,
      userVerification: "required",
    }),
    async created(account, answer) {
      const response = readAnswer<RegistrationResponseJSON>(answer);
      const challenge = response && challengeOf(response.response?.clientDataJSON);
      if (!response || !challenge || !(await challenges.burn(challenge, `add ${account}`))) return undefined;
      const verified = await orNothing(async () =>
        (await library()).verifyRegistrationResponse({
          response,
          expectedChallenge: challenge,
          expectedOrigin: party.origin,
          expectedRPID: party.id,
          requireUserVerification: true,
          supportedAlgorithmIDs: ALGORITHMS,
        }),
      );
      if (!verified?.verified) return undefined;
      const { id, publicKey, counter } = verified.registrationInfo.credential;
      return { credential: id, publicKey: Buffer.from(publicKey).toString("base64url"), counter };
    },
    async shown(answer, find) {
      const response = readAnswer<AuthenticationResponseJSON>(answer);
      const challenge = response && challengeOf(response.response?.clientDataJSON);
      if (!response || !challenge || !(await challenges.burn(challenge, "sign-in"))) return undefined;
      const passkey = typeof response.id === "string" ? await find(response.id) : undefined;
      if (!passkey) return undefined;
      // The authenticator says whose credential it is (WebAuthn 3, 7.2, step 6): it must be the one we know it as.
      const handle = response.response.userHandle;
      if (handle !== undefined && Buffer.from(handle, "base64url").toString() !== passkey.account) return undefined;
      const key = keyOf(passkey.secret);
      const { origin } = party;
      const shown = key && believeAssertion(response, { challenge, origin, siteHash, key, counter: passkey.counter });
      return shown && { passkey, shown };
    },
  };
}

/** 64 KiB is the most a body may have; an answer has some 1 KB, or 5 with an attestation. */
function readAnswer<Answer extends object>(text: string): Answer | undefined {
  if (text.length > 20_000) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}

function challengeOf(clientDataJson: unknown): string | undefined {
  if (typeof clientDataJson !== "string") return undefined;
  const found = readAnswer<{ challenge?: unknown }>(Buffer.from(clientDataJson, "base64url").toString());
  return typeof found?.challenge === "string" ? found.challenge : undefined;
}

/** The library says what is wrong by throwing, of many kinds; to whoever signs in it is all the same: refused. */
async function orNothing<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
