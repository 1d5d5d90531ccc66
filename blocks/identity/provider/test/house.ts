import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Actor } from "@kerege/kernel/actor";
import { type App, createServer } from "@kerege/kernel/http";
import { createLog } from "@kerege/kernel/log";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import * as client from "openid-client";
import identity from "../../block.ts";
import type { Assurance, IdentityDoor } from "../../session.ts";
import type { ProgramDeclaration } from "../program.ts";

export const issuer = "http://127.0.0.1:8080/oidc";
export const operator: Actor = { kind: "system", body: "ministry", name: "kerege" };
export const redirect = "https://app.example/back";

export interface ProviderHouse {
  house: TestHouse;
  app: App;
  door: IdentityDoor;
  /** Where the server really listens. */
  address: string;
  /** Lines of the log that tell of a fault. */
  faults: string[];
  /** Sends to the server what is meant for the issuer, whatever port the test got. */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  register(declared: Partial<ProgramDeclaration> & Pick<ProgramDeclaration, "id">): Promise<string>;
  /** openid-client, set up for a program. */
  configure(id: string, auth: client.ClientAuth): Promise<client.Configuration>;
  browser(): Browser;
  close(): Promise<void>;
}

export interface Page {
  status: number;
  headers: Headers;
  text: string;
  /** Address of the page at the end; at another site it is not opened. */
  url: URL;
}

export interface Browser {
  get(url: string | URL): Promise<Page>;
  post(url: string | URL, fields: Record<string, string>): Promise<Page>;
  /** One request, nothing followed. */
  send(url: string | URL, init?: RequestInit): Promise<Page>;
  /** Opens an address that leads to the sign-in page, and signs in there; where the browser is led in the end. */
  signIn(url: string | URL, login: { pin: string; name?: string; assurance?: Assurance }): Promise<Page>;
  cookies: Map<string, string>;
}

/** The block over a real database and a real port. The sign-in pages are another folder's; here a form takes anybody's word. */
export async function openProviderHouse(
  given: { demo?: boolean; env?: Record<string, string>; beforeListening?(house: ProviderHouse): void } = {},
): Promise<ProviderHouse> {
  const root = mkdtempSync(path.join(tmpdir(), "kerege-provider-"));
  mkdirSync(path.join(root, "countries", "test"), { recursive: true });
  const name = "{ ky: Т, ru: Т, kk: Т, en: T }";
  writeFileSync(
    path.join(root, "countries", "test", "country.yaml"),
    `country: test\ncode: KG\nname: ${name}\nportalName: ${name}\ndemo: ${given.demo !== false}\nlanguages: [ky, ru, kk, en]\ntimeZone: Asia/Bishkek\ncurrency: KGS\npacks: []\n`,
  );
  const house = await openTestHouse([identity], {
    root,
    country: "test",
    at: new Date().toISOString(),
    ...(given.env && { env: given.env }),
  });
  const door = house.doors.identity as IdentityDoor;
  const faults: string[] = [];
  const log = createLog((line) => {
    if (line.includes('"fault"')) faults.push(line);
  });
  const { languages } = house.country;
  const app = await createServer({ log, texts: house.texts, languages, problems: { identity: identity.problems! } });
  app.problemPage.draw = (_request, problem) => `<!doctype html><title>${problem.code}</title>${JSON.stringify(problem.params)}`;
  for (const { opened } of house.opened) await opened.routes?.(app);
  addSignInPage(app, door);
  let address = "";
  const { origin } = new URL(issuer);
  const fetchHere: ProviderHouse["fetch"] = (url, init) =>
    fetch(String(url).replace(origin, address), { ...init, redirect: "manual" });
  const opened: ProviderHouse = {
    house,
    app,
    door,
    get address() {
      return address;
    },
    faults,
    fetch: fetchHere,
    async register(declared) {
      const { secret } = await door.programs.register(operator, {
        body: "bank",
        name: "Банк",
        profile: "partner",
        agreement: "A-1",
        authMethod: "client_secret_basic",
        redirectUris: [redirect],
        scopes: ["openid", "name", "offline_access"],
        ...declared,
      });
      return secret ?? "";
    },
    async configure(id, auth) {
      const options = {
        execute: [client.allowInsecureRequests],
        [client.customFetch]: fetchHere as unknown as client.CustomFetch,
      };
      return client.discovery(new URL(issuer), id, undefined, auth, options);
    },
    browser: () => createBrowser(address),
    async close() {
      await app.close();
      await house.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  given.beforeListening?.(opened);
  await app.listen({ host: "127.0.0.1", port: 0 });
  address = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return opened;
}

function addSignInPage(app: App, door: IdentityDoor): void {
  app.get("/:language/sign-in", async (request, reply) => {
    const arrival = await door.arrivals.of(request);
    const { wanted } = request.query as { wanted?: Assurance };
    if (arrival.interaction === undefined) return door.arrivals.begin(request, reply, { ...arrival, wanted });
    return arrival;
  });
  app.post("/:language/sign-in", async (request, reply) => {
    const { pin, name, assurance } = request.body as { pin: string; name: string; assurance: Assurance };
    if (pin === "") return door.arrivals.refuse(request, reply);
    return door.arrivals.finish(request, reply, { pin, name, assurance, methods: ["pwd"], at: new Date() });
  });
  app.get("/who", async (request) => (await app.askers.of(request)) ?? { kind: "nobody" });
}

function createBrowser(address: string): Browser {
  const cookies = new Map<string, string>();
  const send: Browser["send"] = async (target, init = {}) => {
    const url = new URL(target, address);
    const headers = new Headers({ accept: "text/html", "accept-language": "en", "sec-fetch-site": "same-origin" });
    if (cookies.size > 0) headers.set("cookie", [...cookies].map(([key, value]) => `${key}=${value}`).join("; "));
    new Headers(init.headers).forEach((value, key) => {
      headers.set(key, value);
    });
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) keep(cookies, cookie);
    return { status: response.status, headers: response.headers, text: await response.text(), url };
  };
  const follow = async (first: Page): Promise<Page> => {
    let page = first;
    for (let step = 0; step < 12; step++) {
      const next = page.headers.get("location") ?? /^0;url=(.*)$/.exec(page.headers.get("refresh") ?? "")?.[1];
      if (!next) return page;
      const url = new URL(next, page.url);
      if (url.origin !== new URL(address).origin) return { ...page, url };
      page = await send(url);
    }
    return page;
  };
  const post: Browser["post"] = async (url, fields) =>
    follow(await send(url, { method: "POST", body: new URLSearchParams(fields) }));
  return {
    cookies,
    send,
    post,
    get: async (url) => follow(await send(url)),
    async signIn(url, { pin, name = "Асанова Айгүл", assurance = "demo" }) {
      const page = await follow(await send(url));
      if (!page.url.pathname.endsWith("/sign-in")) return page;
      return post(`${page.url.pathname}${page.url.search}`, { pin, name, assurance });
    },
  };
}

function keep(cookies: Map<string, string>, cookie: string): void {
  const [pair = "", ...attributes] = cookie.split(";").map((part) => part.trim());
  const [name = "", value = ""] = pair.split(/=(.*)/s);
  if (value === "" || attributes.some((one) => /^(max-age=0|expires=thu, 01 jan 1970)/i.test(one))) cookies.delete(name);
  else cookies.set(name, value);
}

export interface ProgramKeys {
  privateKey: KeyObject;
  publicJwk: JsonWebKey & { kid: string };
  cryptoKey: CryptoKey;
}

export async function makeKeys(kid = "one"): Promise<ProgramKeys> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" });
  const cryptoKey = await crypto.subtle.importKey("pkcs8", pkcs8, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  return { privateKey, publicJwk: { ...publicKey.export({ format: "jwk" }), kid }, cryptoKey };
}

export async function agree(browser: Browser, page: Page): Promise<Page> {
  assert.match(page.url.pathname, /\/sign-in\/consent$/, page.text);
  return browser.post(here(page.url), { answer: "yes" });
}

/** The whole way of a person to a program and back: the address the browser is led to, and what the program must know again. */
export async function authorize(
  it: ProviderHouse,
  config: client.Configuration,
  given: { scope?: string; pin: string; more?: Record<string, string> },
) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: given.scope ?? "openid name",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...given.more,
  });
  const browser = it.browser();
  const page = await browser.signIn(here(url), { pin: given.pin });
  const { url: back } = await agree(browser, page);
  assert.equal(back.origin, "https://app.example", back.href);
  return { back, browser, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce } };
}

/** A path within the issuer as the browser of a test opens it. */
export function here(url: URL): string {
  return `${url.pathname}${url.search}`;
}
