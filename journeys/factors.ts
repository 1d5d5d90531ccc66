/**
 * Signing in for real, as in a country that is no demo: an activation code by two officials, a password, an app, a passkey.
 *
 *   await visitor.signIn(pin);                                  the first time with activation, later with what was made then
 *   const code = await activationCode(address, pin);            two invented officials at a service centre
 *   const own = await activate(visitor, { pin, code });         through the pages; the visitor is signed in
 *   await signInForReal(other, own);                            password and a kept code, or one of the app
 *   await fillSignIn(page, house.address, pin);                 the same in a browser, on the page of ways
 *   await addVirtualKey(page);                                  a security key in Chromium, for passkeys
 */
import { createHmac } from "node:crypto";
import type { Page } from "./browser.ts";
import { type Answer, createVisitor, type Visitor } from "./visitor.ts";

export interface OwnFactors {
  pin: string;
  password: string;
  /** Key of the app, base 32. */
  key: string;
  /** Recovery codes; `signInForReal` takes them from the end. */
  kept: string[];
}

export const PASSWORD = "three calm yaks graze";

/** Visitors at the two desks that give codes, by the address of the house: they sit down once. */
const centres = new Map<string, Promise<{ operator: Visitor; controller: Visitor }>>();

async function sitAtCentre(address: string): Promise<{ operator: Visitor; controller: Visitor }> {
  const at = async (post: string) => {
    const visitor = createVisitor(address, "en");
    await visitor.post("/en/desk/sign-in", { post });
    return visitor;
  };
  return { operator: await at("service-centres-operator"), controller: await at("service-centres-controller") };
}

/** As at a service centre: one invented official asks, another approves. */
export async function activationCode(address: string, pin: string): Promise<string> {
  let seated = centres.get(address);
  if (!seated) {
    seated = sitAtCentre(address);
    centres.set(address, seated);
  }
  const { operator, controller } = await seated;
  const asked = await operator.post("/en/desk/activations", { pin });
  const approved = await controller.post(asked.path, { act: "approve" });
  return matched(approved, /class="activation-code">([^<]+)/);
}

/** The question of the provider that the sign-in page of the portal is opened with, as its links and forms carry it on. */
async function questionOf(visitor: Visitor): Promise<string> {
  const { path } = await visitor.get(`/${visitor.language}/sign-in`);
  return new URL(path, "http://house").search;
}

/** Goes all the pages from the code to the cabinet. */
export async function activate(visitor: Visitor, given: { pin: string; code: string; password?: string }): Promise<OwnFactors> {
  const { pin, code, password = PASSWORD } = given;
  const [way, query] = [`/${visitor.language}/activate`, await questionOf(visitor)];
  await visitor.post(`${way}${query}`, { pin, code });
  const app = await visitor.post(`${way}/password${query}`, { password, repeated: password });
  const key = matched(app, /<code>([A-Z2-7 ]+)<\/code>/).replaceAll(" ", "");
  const codes = await visitor.post(`${way}/app${query}`, { code: appCode(key) });
  const kept = [...codes.text.matchAll(/<code>([^<]+)<\/code>/g)].map(([, text = ""]) => text);
  const { path, status } = await visitor.post(`${way}/done${query}`);
  if (path !== `/${visitor.language}/cabinet`) throw new RangeError(`not activated: ${status} ${path}`);
  return { pin, password, key, kept };
}

/** With the password and a recovery code: the app shows a new one only every half-minute. */
export async function signInForReal(visitor: Visitor, own: OwnFactors): Promise<void> {
  const { path, status } = await answerForReal(visitor, own, await questionOf(visitor));
  if (path !== `/${visitor.language}/cabinet`) throw new RangeError(`not signed in: ${status} ${path}`);
}

/** Answers the question that a page of ways was opened with, wherever that leads. @param query `?interaction=…` */
export async function answerForReal(visitor: Visitor, own: OwnFactors, query: string): Promise<Answer> {
  const way = `/${visitor.language}/sign-in`;
  await visitor.post(`${way}/password${query}`, { identifier: own.pin, password: own.password });
  const second = (code: string) => visitor.post(`${way}/second${query}`, { code });
  const kept = own.kept.pop();
  const answer = kept === undefined ? undefined : await second(kept);
  // Kept codes are made anew by whoever asks for new ones; the app goes on.
  if (answer && answer.status !== 422) return answer;
  const now = await second(appCode(own.key));
  return now.status === 422 ? second(appCode(own.key, 1)) : now;
}

/** What people of this test signed in with, by the address of the house and the number. */
const known = new Map<string, OwnFactors>();

/** The real way in for any invented person: whoever has no account yet gets one as at a service centre, and is signed in by that. */
export async function enter(visitor: Visitor, pin: string): Promise<OwnFactors> {
  const mark = `${visitor.address} ${pin}`;
  const own = known.get(mark);
  if (own) {
    await signInForReal(visitor, own);
    return own;
  }
  // A house that was started again stands at another address, over the same accounts.
  const before = known.get(pin);
  const again =
    before &&
    (await signInForReal(visitor, before).then(
      () => before,
      () => undefined,
    ));
  const made = again ?? (await activate(visitor, { pin, code: await activationCode(visitor.address, pin) }));
  known.set(mark, made);
  known.set(pin, made);
  return made;
}

/** On the page of ways in a browser: password, then a kept code. Whoever has no account yet gets one first. */
export async function fillSignIn(page: Page, address: string, pin: string): Promise<void> {
  const own = known.get(`${address} ${pin}`) ?? (await enter(createVisitor(address, "en"), pin));
  await page.fill("#identifier", own.pin);
  await page.fill("#password", own.password);
  await page.locator('main form[action*="/sign-in/password"] button').click();
  await page.fill("#code", own.kept.pop() ?? appCode(own.key, 1));
  await page.locator('main form[action*="/sign-in/second"] .button').click();
  await page.waitForURL(({ pathname }) => !pathname.includes("/sign-in"));
}

/** What an authenticator app shows (RFC 6238); `ahead` steps of half a minute from now. */
export function appCode(key: string, ahead = 0): string {
  const bits = [...key].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac("sha1", secret).update(step).digest();
  return String((mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A security key inside Chromium (WebAuthn 3, 11): asks nobody, holds discoverable passkeys, says its holder was verified. */
export async function addVirtualKey(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

function matched(answer: Answer, pattern: RegExp): string {
  const found = pattern.exec(answer.text)?.[1];
  if (found === undefined) throw new RangeError(`${answer.path} (${answer.status}) has nothing like ${pattern}`);
  return found;
}
