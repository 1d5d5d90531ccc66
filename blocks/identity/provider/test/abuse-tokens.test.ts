import assert from "node:assert/strict";
import { createHash, createHmac, type KeyObject, sign } from "node:crypto";
import { after, before, test } from "node:test";
import * as client from "openid-client";
import { here, makeKeys, openProviderHouse, type ProgramKeys, type ProviderHouse, redirect } from "./house.ts";

/** What an attacker may do with codes, tokens and signed messages. */
let it: ProviderHouse;
let keys: ProgramKeys;
let secret: string;
before(async () => {
  it = await openProviderHouse();
  keys = await makeKeys();
  secret = await it.register({ id: "shop", scopes: ["openid", "name", "offline_access"] });
  await it.register({ id: "bank", profile: "fapi", authMethod: "private_key_jwt", keys: { keys: [keys.publicJwk] } });
  const system = { profile: "system" as const, body: "office", redirectUris: [], scopes: ["registers" as const] };
  await it.register({ id: "office-system", ...system, authMethod: "private_key_jwt", keys: { keys: [keys.publicJwk] } });
});
after(async () => {
  assert.deepEqual(it?.faults, []);
  await it?.close();
});

type Body = Record<string, string>;
interface Answer {
  status: number;
  body: Record<string, string>;
  nonce: string | null;
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const basic = (id: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${password}`).toString("base64")}`,
});

async function post(path: string, fields: Body, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await it.fetch(`${it.address}/oidc${path}`, { method: "POST", body: new URLSearchParams(fields), headers });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text), nonce: response.headers.get("dpop-nonce") };
}

function signed(header: object, claims: object, key: KeyObject = keys.privateKey): string {
  const input = `${json(header)}.${json(claims)}`;
  return `${input}.${sign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

/** A code of a person who agreed, at a program with a secret. */
async function makeCode(
  pin: string,
  more: Record<string, string> = {},
): Promise<{ code: string; verifier: string; sub?: string }> {
  const verifier = client.randomPKCECodeVerifier();
  const config = await it.configure("shop", client.ClientSecretBasic(secret));
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: "openid name offline_access",
    prompt: "consent",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...more,
  });
  const browser = it.browser();
  const page = await browser.signIn(here(url), { pin });
  const { url: back } = await browser.post(here(page.url), { answer: "yes" });
  return { code: back.searchParams.get("code") ?? "", verifier };
}

const redeem = ({ code, verifier }: { code: string; verifier: string }) =>
  post(
    "/token",
    { grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: redirect },
    basic("shop", secret),
  );

const userinfo = (token: string) => it.fetch(`${it.address}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } });

const eight = <Result>(work: () => Promise<Result>) => Promise.all(Array.from({ length: 8 }, work));
const wins = (answers: Answer[]) => {
  const won = answers.filter(({ status }) => status === 200);
  assert.equal(won.length, 1, JSON.stringify(answers));
  assert.ok(answers.every(({ status, body }) => status === 200 || body.error === "invalid_grant"));
  return won[0]!;
};

test("abuse 1: eight requests that redeem one code or refresh token at once: exactly one wins", async () => {
  for (const pin of ["10000000000011", "10000000000012", "10000000000013"]) {
    const made = await makeCode(pin);
    wins(await eight(() => redeem(made)));
    const { body } = await redeem(await makeCode(pin));
    const refresh = () =>
      post("/token", { grant_type: "refresh_token", refresh_token: body.refresh_token! }, basic("shop", secret));
    wins(await eight(refresh));
  }
});

test("abuse 1: eight requests that redeem one device code at once: exactly one wins", async () => {
  const kiosk = await it.register({ id: "kiosk", profile: "kiosk", redirectUris: [], scopes: ["openid"] });
  const begun = await post("/device/auth", { scope: "openid" }, basic("kiosk", kiosk));
  const phone = it.browser();
  const enter = await phone.get("/oidc/device");
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(enter.text)![1]!;
  await phone.post("/oidc/device", { xsrf, user_code: begun.body.user_code! });
  const page = await phone.post("/oidc/device", { xsrf, user_code: begun.body.user_code!, confirm: String(begun.body.number) });
  await phone.post(here(page.url), { pin: "10000000000014", name: "А", assurance: "demo" });
  const fields = { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: begun.body.device_code! };
  wins(await eight(() => post("/token", fields, basic("kiosk", kiosk))));
});

test("abuse 1: eight browsers that use one pushed request at once: at most one gets a code", async () => {
  const verifier = client.randomPKCECodeVerifier();
  const pushed = await post(
    "/par",
    {
      client_id: "shop",
      response_type: "code",
      redirect_uri: redirect,
      scope: "openid",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    },
    basic("shop", secret),
  );
  assert.equal(pushed.status, 201, JSON.stringify(pushed.body));
  const address = `/oidc/auth?client_id=shop&request_uri=${encodeURIComponent(pushed.body.request_uri!)}`;
  const codes = await eight(async () => {
    const browser = it.browser();
    const page = await browser.signIn(address, { pin: "10000000000015" });
    if (!page.url.pathname.endsWith("/consent")) return undefined;
    const { url } = await browser.post(here(page.url), { answer: "yes" });
    return url.searchParams.get("code") ?? undefined;
  });
  assert.equal(codes.filter((code) => code !== undefined).length, 1);
});

test("abuse 2: a code that comes again later is refused, and what it was exchanged for is dead from then on", async () => {
  const made = await makeCode("10000000000021");
  const first = await redeem(made);
  assert.equal((await userinfo(first.body.access_token!)).status, 200);
  const again = await redeem(made);
  assert.equal(again.body.error, "invalid_grant");
  assert.equal((await userinfo(first.body.access_token!)).status, 401);
  const refreshed = await post(
    "/token",
    { grant_type: "refresh_token", refresh_token: first.body.refresh_token! },
    basic("shop", secret),
  );
  assert.equal(refreshed.body.error, "invalid_grant");
});

test("abuse 2: a refresh token that was exchanged already is refused, and its whole family with it", async () => {
  const first = await redeem(await makeCode("10000000000022"));
  const refresh = (token: string) => post("/token", { grant_type: "refresh_token", refresh_token: token }, basic("shop", secret));
  const second = await refresh(first.body.refresh_token!);
  assert.equal(second.status, 200);
  assert.equal((await refresh(first.body.refresh_token!)).body.error, "invalid_grant");
  assert.equal((await refresh(second.body.refresh_token!)).body.error, "invalid_grant");
  assert.equal((await userinfo(second.body.access_token!)).status, 401);
});

test("abuse 2: a code is good for the program, the address and the verifier it was made for only", async () => {
  const other = await it.register({ id: "thief", scopes: ["openid"] });
  const made = await makeCode("10000000000023");
  const grant = { grant_type: "authorization_code", code: made.code, redirect_uri: redirect };
  const stolen = await post("/token", { ...grant, code_verifier: made.verifier }, basic("thief", other));
  assert.equal(stolen.body.error, "invalid_grant");
  const guessed = await post("/token", { ...grant, code_verifier: "a".repeat(43) }, basic("shop", secret));
  assert.equal(guessed.body.error, "invalid_grant");
  const elsewhere = { ...grant, code_verifier: made.verifier, redirect_uri: "https://app.example/other" };
  assert.equal((await post("/token", elsewhere, basic("shop", secret))).body.error, "invalid_grant");
  assert.equal((await redeem(made)).status, 200);
});

const assertion = (claims: object = {}, header: object = {}) =>
  signed(
    { alg: "ES256", kid: "one", ...header },
    {
      iss: "office-system",
      sub: "office-system",
      aud: it.door.issuer,
      jti: createHash("sha256").update(`${Math.random()}`).digest("base64url"),
      iat: Math.floor(Date.now() / 1000),
      exp: Math.floor(Date.now() / 1000) + 60,
      ...claims,
    },
  );
const show = (client_assertion: string) =>
  post("/token", {
    grant_type: "client_credentials",
    scope: "registers",
    client_assertion,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  });

/** The same bytes in other letters: the last one of base64url holds bits that mean nothing. */
function reencoded(jwt: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(jwt.at(-1)!);
  const copy = `${jwt.slice(0, -1)}${alphabet[last ^ 1]}`;
  const bytes = (text: string) => Buffer.from(text.split(".")[2]!, "base64url");
  assert.deepEqual(bytes(copy), bytes(jwt));
  return copy;
}

test("abuse 4: a client assertion is taken once, also when its copy is written in other letters, and also when eight come at once", async () => {
  const once = assertion();
  assert.equal((await show(once)).status, 200);
  assert.equal((await show(once)).status, 401);
  assert.equal((await show(reencoded(once))).status, 401);
  const fresh = assertion();
  const answers = await eight(() => show(fresh));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  // The copy first: the original is then the one that comes second.
  const third = assertion();
  const statuses = [(await show(reencoded(third))).status, (await show(third)).status];
  assert.ok(statuses.filter((status) => status === 200).length <= 1);
});

test("abuse 4: a client assertion for another place, without a signature, signed with the public key as a secret, or by another is refused", async () => {
  const none = `${json({ alg: "none" })}.${assertion().split(".")[1]}.`;
  const body = `${json({ alg: "HS256", kid: "one" })}.${assertion().split(".")[1]}`;
  const publicText = JSON.stringify(keys.publicJwk);
  const stranger = await makeKeys();
  const claims = JSON.parse(Buffer.from(assertion().split(".")[1]!, "base64url").toString());
  const refused: Record<string, string> = {
    "aud of another server": assertion({ aud: "https://other.example/token" }),
    "no aud": assertion({ aud: undefined }),
    "alg none": none,
    HS256: `${body}.${createHmac("sha256", publicText).update(body).digest("base64url")}`,
    "key of a stranger": signed({ alg: "ES256", kid: "one" }, { ...claims, jti: "x" }, stranger.privateKey),
    "over already": assertion({ exp: Math.floor(Date.now() / 1000) - 60 }),
    "no end": assertion({ exp: undefined }),
    "no id": assertion({ jti: undefined }),
    "of another program": assertion({ iss: "shop" }),
    "unknown crit": assertion({}, { crit: ["x"], x: 1 }),
    nonsense: "a.b.c",
  };
  for (const [what, token] of Object.entries(refused)) {
    const { status, body: answer } = await show(token);
    assert.ok(status === 401 || status === 400, `${what}: ${status}`);
    assert.match(answer.error!, /^invalid_(client|request)$/, what);
  }
});

const proof = (claims: object, given: { header?: object; key?: ProgramKeys } = {}) => {
  const { kty, crv, x, y } = (given.key ?? keys).publicJwk;
  return signed(
    { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y }, ...given.header },
    { jti: `${Math.random()}`, iat: Math.floor(Date.now() / 1000), ...claims },
    (given.key ?? keys).privateKey,
  );
};

test("abuse 5: a token bound to a key is no bearer token; a proof without nonce, for another call or used before is refused", async () => {
  const token = `${it.door.issuer}/token`;
  const first = await bound(proof({ htm: "POST", htu: token }));
  assert.equal(first.body.error, "use_dpop_nonce");
  const nonce = first.nonce!;
  const used = proof({ htm: "POST", htu: token, nonce });
  const got = await bound(used);
  assert.equal(got.body.token_type, "DPoP");
  for (const [what, wrong] of Object.entries({
    "used before": used,
    "used before, in other letters": reencoded(used),
    "another method": proof({ htm: "GET", htu: token, nonce }),
    "another place": proof({ htm: "POST", htu: `${it.door.issuer}/userinfo`, nonce }),
    "a nonce of nobody": proof({ htm: "POST", htu: token, nonce: "x".repeat(43) }),
    "no proof at all": "x",
  })) {
    const answer = await bound(wrong);
    assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status}`);
    assert.equal(answer.body.access_token, undefined, what);
  }
  const place = new URL("/who", it.door.issuer).href;
  const call = (headers: Record<string, string>) => it.fetch(place, { headers: { accept: "application/json", ...headers } });
  const { access_token } = got.body;
  const ath = createHash("sha256").update(access_token!).digest("base64url");
  const right = proof({ htm: "GET", htu: place, ath });
  const authorization = `DPoP ${access_token}`;
  assert.equal((await call({ authorization, dpop: right })).status, 200);
  const stranger = await makeKeys();
  for (const [what, headers] of Object.entries({
    "as a bearer token": { authorization: `Bearer ${access_token}` },
    "as a bearer token with a proof": { authorization: `Bearer ${access_token}`, dpop: proof({ htm: "GET", htu: place, ath }) },
    "without a proof": { authorization },
    "with a proof used before": { authorization, dpop: right },
    "with the same proof in other letters": { authorization, dpop: reencoded(right) },
    "for another method": { authorization, dpop: proof({ htm: "POST", htu: place, ath }) },
    "for another place": { authorization, dpop: proof({ htm: "GET", htu: `${place}/x`, ath }) },
    "for another token": { authorization, dpop: proof({ htm: "GET", htu: place, ath: "x" }) },
    "for no token": { authorization, dpop: proof({ htm: "GET", htu: place }) },
    "of long ago": { authorization, dpop: proof({ htm: "GET", htu: place, ath, iat: 1 }) },
    "of another key": { authorization, dpop: proof({ htm: "GET", htu: place, ath }, { key: stranger }) },
    "with a private key in it": {
      authorization,
      dpop: proof({ htm: "GET", htu: place, ath }, { header: { jwk: keys.privateKey.export({ format: "jwk" }) } }),
    },
    "without a signature": {
      authorization,
      dpop: `${json({ typ: "dpop+jwt", alg: "none" })}.${json({ htm: "GET", htu: place, ath })}.`,
    },
  }))
    assert.equal((await call(headers as Record<string, string>)).status, 401, what);
});

/** A token of the system with a key of its own. */
async function bound(dpop: string): Promise<Answer> {
  return post(
    "/token",
    {
      grant_type: "client_credentials",
      scope: "registers",
      client_assertion: assertion(),
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    },
    { dpop },
  );
}

test("abuse 5: a token without a key is not made one by a proof, and FAPI gives none without", async () => {
  const plain = await show(assertion());
  const place = new URL("/who", it.door.issuer).href;
  const ath = createHash("sha256").update(plain.body.access_token!).digest("base64url");
  const headers = {
    authorization: `DPoP ${plain.body.access_token}`,
    dpop: proof({ htm: "GET", htu: place, ath }),
    accept: "application/json",
  };
  assert.equal((await it.fetch(place, { headers })).status, 401);
});
