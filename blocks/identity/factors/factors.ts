import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Language, Multilingual } from "@kerege/kernel/locale";
import type { DeskSession } from "../desk.ts";
import type { DeskKeeping, Sitting } from "../desks.ts";
import type { Arrival } from "../login.ts";
import { problem } from "../problems.ts";
import type { Seat } from "../provider/desk-arrivals.ts";
import type { Vault } from "../provider/vault.ts";
import type { Account, PeopleDeclaration } from "./account.ts";
import { type Activations, createActivations, type FindPerson } from "./activation.ts";
import { createAttempts } from "./attempts.ts";
import { type Certificates, createCertificates, type FindHolder } from "./certificate.ts";
import { createChallenges } from "./challenge.ts";
import { type Courier, createDemoCourier, type DemoCourier, noCourier } from "./courier.ts";
import { seesRegisters } from "./level.ts";
import { createNotices } from "./notices.ts";
import type { Ways } from "./pages/ways.tsx";
import { createPassages, type PassageRoom } from "./passage.ts";
import { createPasskeys, type Passkeys, type RelyingParty } from "./passkey.ts";
import { createPasswords } from "./password.ts";
import { createRecovery, type Recovery } from "./recovery.ts";
import { createRegistration, type Registration } from "./registration.ts";
import { createSecurity, type Security } from "./security.ts";
import { createSentCodes, type SentCodes } from "./sent-codes.ts";
import { accountOfSession, createSignIn, type SignIn } from "./sign-in.ts";
import { type AccountStore, createAccountStore } from "./store-account.ts";
import { createActivationStore } from "./store-activation.ts";
import { createAttemptStore } from "./store-attempt.ts";
import { createMessageStore } from "./store-message.ts";
import { createPassageStore } from "./store-passage.ts";
import { queryOf, waysOf } from "./ways.ts";

/** What neighbours may ask about the accounts of people. */
export interface FactorsDoor {
  /** Told by the block that knows who lives: number, name, day of birth. Until it is told, nobody is activated. */
  people: { find?: FindPerson; declared?: PeopleDeclaration };
  /** Told by the block that knows the posts of bodies. */
  posts: { of?(code: string): { code: string; name: Multilingual; rights: string[] } | undefined };
  /** Told by the block that knows the authorities: whose certificate for signing in this is. Until it is told, none is accepted. */
  certificates: { find?: FindHolder };
  /** Passkeys as they are looked at when somebody signs in. */
  passkeys: Passkeys;
  /** What the page with all ways to sign in shows; for the program or the page that sent the person there. */
  waysFor(arrival: Arrival, language: Language): Ways;
  /** Until then what cannot be undone is refused: factors of this person were changed or recovered. */
  guardedUntil(pin: string): Promise<Date | undefined>;
  /** Which official this person is, if any. */
  officialOf(pin: string): Promise<string | undefined>;
  /**
   * Says which person an official is, for an operator at the machine: nobody can sign in as the first official who may say it at a desk.
   * Whether there is such an official is the caller's to know.
   * @param actor the body of the official, and who ran the command
   * @throws {Problem} `identity.no-such-person`, `identity.linked-already`
   */
  linkOfficial(
    actor: Extract<Actor, { kind: "system" }>,
    given: { official: string; pin: string; reason: string },
  ): Promise<void>;
  /**
   * Opens a desk for an official who came through the provider. Whether the post is held today is the caller's to know.
   * @throws {Problem} `identity.wrong-post` where it is another person; `identity.assurance-too-low`
   */
  sitDown(seat: Seat, official: Sitting, userAgent: string): Promise<{ token: string; desk: DeskSession }>;
}

export interface Factors extends FactorsDoor {
  store: AccountStore;
  vault: Vault;
  signIn: SignIn;
  shownCertificates: Certificates;
  /** Address of the door where browsers show certificates, if there is one. */
  certificateDoor(): string | undefined;
  /** A ticket for the browser of a passage, from a certificate that was shown at that door. */
  ticketOf?(chain: Buffer[], passage: string): Promise<string | undefined>;
  registration: Registration;
  recovery: Recovery;
  security: Security;
  activations: Activations;
  passages: PassageRoom;
  codes: SentCodes;
  courier: Courier;
  /** Only in a demo country. */
  demoCourier?: DemoCourier;
  attempts: ReturnType<typeof createAttempts>;
  accountOf(subject: string): Promise<Account | undefined>;
  close(): Promise<void>;
}

const SWEEP_MS = 10 * 60_000;

export function createFactors(
  means: Means,
  given: {
    vault: Vault;
    /** Where people reach the portal: `https://portal.example`. */
    address: string;
    courier?: Courier;
    endSessions(subject: string): Promise<void>;
    certificateDoor?(): string | undefined;
    openDesk: DeskKeeping["openDesk"];
  },
): Factors {
  const { vault, endSessions } = given;
  const { hostname, protocol } = new URL(given.address);
  const secure = protocol === "https:";
  const { database, clock, country } = means;
  const store = createAccountStore(database);
  const passageStore = createPassageStore(database);
  const attemptStore = createAttemptStore(database);
  const attempts = createAttempts({ store: attemptStore, clock, vault });
  const challenges = createChallenges({ store: passageStore, vault, clock });
  // Where mail leaves the machine, a person reads it there and nowhere else.
  const demoCourier = country.demo && !given.courier ? createDemoCourier(means, createMessageStore(database), secure) : undefined;
  const courier = given.courier ?? demoCourier ?? noCourier;
  if (courier.kinds.length === 0) means.log.warn("no courier: accounts cannot be opened by mail or phone, notices reach nobody");
  else if (!courier.kinds.includes("phone"))
    means.log.warn("no courier for phones: accounts are opened and passwords recovered by mail alone, notices reach no phone");
  const declared = means.packs.files<PeopleDeclaration>("known-people")[0]?.value;
  const people: FactorsDoor["people"] = { ...(declared && { declared }) };
  const find: FindPerson = async (pin, actor) => people.find?.(pin, actor);
  const name: Multilingual = country.portalName;
  const passkeys = createPasskeys({ party: partyOf(given.address, name), challenges });
  const holders: FactorsDoor["certificates"] = {};
  const passwords = createPasswords(vault.key("factors pepper"));
  const notices = createNotices(means, courier);
  const pending = new Set<Promise<void>>();
  const later = (work: () => Promise<void>) => {
    const done: Promise<void> = new Promise((resolve) => setImmediate(resolve))
      .then(work)
      .catch((error: unknown) => means.log.fault("event of an account not written", error))
      .finally(() => pending.delete(done));
    pending.add(done);
  };
  const activations = createActivations(means, { store: createActivationStore(database), vault, people: find });
  const signIn = createSignIn(means, { store, vault, attempts, passwords, passkeys, notices, people: find, later });
  const codes = createSentCodes(means, { store: passageStore, vault, attempts, courier, host: hostname });
  const registration = createRegistration(means, {
    store,
    vault,
    attempts,
    passwords,
    notices,
    activations,
    signIn,
    people: find,
    endSessions,
  });
  const recovery = createRecovery(means, {
    store,
    attempts,
    codes,
    kinds: courier.kinds,
    signIn,
    registration,
    notices,
    endSessions,
  });
  const security = createSecurity(means, { store, passkeys, notices, registration });
  const sweep = setInterval(() => {
    attemptStore.sweep(clock.now()).catch((error: unknown) => means.log.fault("sweep of attempts failed", error));
  }, SWEEP_MS).unref();
  return {
    people,
    posts: {},
    certificates: holders,
    shownCertificates: createCertificates({ challenges, holders }),
    certificateDoor: () => given.certificateDoor?.(),
    waysFor: (arrival, language) =>
      waysOf({ passkeys, courier, certificates: holders }, { arrival, query: queryOf(arrival, `/${language}/cabinet`) }),
    store,
    vault,
    signIn,
    registration,
    recovery,
    security,
    activations,
    passages: createPassages({ store: passageStore, clock, secure }),
    passkeys,
    codes,
    courier,
    attempts,
    ...(demoCourier && { demoCourier }),
    accountOf: (subject) => accountOfSession(store, subject),
    officialOf: activations.officialOf,
    linkOfficial: activations.linkByOperator,
    async sitDown(seat, official, userAgent) {
      if (!seesRegisters(seat.assurance)) throw problem("assurance-too-low", { params: { what: "substantial" } });
      // A name chosen from the list of invented people proves nothing: those sit down by the list of invented officials.
      const known = seat.assurance === "demo" ? undefined : await activations.officialOf(seat.pin);
      if (known !== official.official) throw problem("wrong-post");
      return given.openDesk(official, userAgent, seat);
    },
    async guardedUntil(pin) {
      const until = (await store.byPin(pin))?.guardedUntil;
      return until && until > clock.now() ? until : undefined;
    },
    async close() {
      clearInterval(sweep);
      await Promise.all(pending);
      await passwords.close();
    },
  };
}

/** Browsers make passkeys for names only, never for an address in numbers: on one's own machine the name is `localhost`. */
function partyOf(address: string, name: Multilingual): RelyingParty {
  const url = new URL(address);
  if (/^127\.\d+\.\d+\.\d+$|^\[::1\]$/.test(url.hostname)) url.hostname = "localhost";
  return { origin: url.origin, id: url.hostname, name };
}
