/**
 * Signing in for real, as in a country that is no demo: an activation code by two officials, a password, an app, a passkey.
 *
 *   const code = await activationCode(address, pin);            two invented officials at a service centre
 *   const own = await activate(visitor, { pin, code });         through the pages; the visitor is signed in
 *   await signInForReal(other, own);                            password and a code of the app or a kept one
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

/** As at a service centre: one invented official asks, another approves. */
export async function activationCode(address: string, pin: string): Promise<string> {
  const desk = async (post: string) => {
    const visitor = createVisitor(address, "en");
    await visitor.post("/en/desk/sign-in", { post });
    return visitor;
  };
  const asked = await (await desk("service-centres-operator")).post("/en/desk/activations", { pin });
  const approved = await (await desk("service-centres-controller")).post(asked.path, { act: "approve" });
  return matched(approved, /class="activation-code">([^<]+)/);
}

/** Goes all the pages from the code to the cabinet. */
export async function activate(visitor: Visitor, given: { pin: string; code: string; password?: string }): Promise<OwnFactors> {
  const { pin, code, password = PASSWORD } = given;
  await visitor.post("/en/activate", { pin, code });
  const app = await visitor.post("/en/activate/password", { password, repeated: password });
  const key = matched(app, /<code>([A-Z2-7 ]+)<\/code>/).replaceAll(" ", "");
  const codes = await visitor.post("/en/activate/app", { code: appCode(key) });
  const kept = [...codes.text.matchAll(/<code>([^<]+)<\/code>/g)].map(([, text = ""]) => text);
  const cabinet = await visitor.post("/en/activate/done");
  if (cabinet.path !== "/en/cabinet") throw new RangeError(`not activated: ${cabinet.status} ${cabinet.path}`);
  return { pin, password, key, kept };
}

/** With the password and a recovery code: the app shows a new one only every half-minute. */
export async function signInForReal(visitor: Visitor, own: OwnFactors): Promise<void> {
  await visitor.post("/en/sign-in/password", { identifier: own.pin, password: own.password });
  const { path, status } = await visitor.post("/en/sign-in/second", { code: own.kept.pop() ?? "" });
  if (path !== "/en/cabinet") throw new RangeError(`not signed in: ${status} ${path}`);
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
