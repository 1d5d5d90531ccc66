import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { sql } from "@kerege/kernel/database";
import * as client from "openid-client";
import { here, makeKeys, openProviderHouse, type ProviderHouse, redirect } from "./house.ts";

let it: ProviderHouse;
before(async () => {
  it = await openProviderHouse();
});
after(async () => {
  assert.deepEqual(it?.faults, []);
  await it?.close();
});

const agree = async (
  browser: ReturnType<ProviderHouse["browser"]>,
  page: Awaited<ReturnType<ReturnType<ProviderHouse["browser"]>["get"]>>,
) => {
  assert.match(page.url.pathname, /\/sign-in\/consent$/, page.text);
  return browser.post(here(page.url), { answer: "yes" });
};

/** The whole way of a person to a program and back: the address the browser is led to, and what the program must know again. */
async function authorize(config: client.Configuration, given: { scope?: string; pin: string; more?: Record<string, string> }) {
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

test("M-A5: a partner app signs a person in with a code and PKCE, and gets what the person agreed to and nothing else", async () => {
  const secret = await it.register({ id: "shop" });
  const config = await it.configure("shop", client.ClientSecretBasic(secret));
  const { back, checks } = await authorize(config, { pin: "11111111111111" });
  const tokens = await client.authorizationCodeGrant(config, back, checks);
  const claims = tokens.claims()!;
  assert.equal(claims.acr, "demo");
  assert.deepEqual(claims.amr, ["pwd"]);
  assert.equal(claims.pin, undefined);
  const told = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.deepEqual(told, { sub: claims.sub, name: "Асанова Айгүл" });
  assert.ok(!JSON.stringify(claims).includes("11111111111111"));
});

test("M-A5: the portal is a program too: one sign-in at the provider, a session of the portal, and both end together", async () => {
  const browser = it.browser();
  const page = await browser.signIn("/ru/sign-in?return=/ru/cabinet/letters", { pin: "22222222222222" });
  assert.equal(page.url.pathname, "/ru/cabinet/letters");
  const who = await browser.get("/who");
  assert.match(who.text, /"pin":"22222222222222"/);
  const [session] = await it.door.list("22222222222222");
  assert.equal(session?.assurance, "demo");
  assert.equal(session?.name, "Асанова Айгүл");
  assert.ok(browser.cookies.has("provider"));
  await it.door.signOut(browser.cookies.get("session")!);
  assert.match((await browser.get("/who")).text, /nobody/);
  // Nothing is left at the provider: the next program asks who it is.
  const again = await browser.get("/ru/sign-in");
  assert.equal(again.url.pathname, "/ru/sign-in");
  assert.match(again.url.search, /interaction=/);
});

test("M-A5: whoever is signed in at the portal is known to a program without signing in again", async () => {
  const secret = await it.register({ id: "second-shop", scopes: ["openid"] });
  const config = await it.configure("second-shop", client.ClientSecretBasic(secret));
  const browser = it.browser();
  await browser.signIn("/ky/sign-in", { pin: "22222222222223" });
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: "openid",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const { url: back } = await agree(browser, await browser.get(here(url)));
  const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier });
  assert.ok(tokens.claims()!.sub);
});

test("M-A5: another person who signs in on the same browser takes nothing over from the one before", async () => {
  const browser = it.browser();
  await browser.signIn("/ky/sign-in", { pin: "22222222222224" });
  const before = browser.cookies.get("provider");
  const page = await browser.signIn("/ky/sign-in", { pin: "22222222222225" });
  assert.equal(page.url.pathname, "/ky/cabinet", page.text);
  assert.match((await browser.get("/who")).text, /22222222222225/);
  assert.notEqual(browser.cookies.get("provider"), before);
  assert.deepEqual(await it.door.list("22222222222224"), []);
});

test("M-A5: a refresh token is exchanged for another one each time", async () => {
  const secret = await it.register({ id: "reader" });
  const config = await it.configure("reader", client.ClientSecretBasic(secret));
  const { back, checks } = await authorize(config, {
    pin: "33333333333333",
    scope: "openid name offline_access",
    more: { prompt: "consent" },
  });
  const first = await client.authorizationCodeGrant(config, back, checks);
  const second = await client.refreshTokenGrant(config, first.refresh_token!);
  assert.notEqual(second.refresh_token, first.refresh_token);
  const told = await client.fetchUserInfo(config, second.access_token, first.claims()!.sub);
  assert.equal(told.name, "Асанова Айгүл");
});

test("M-A5: the same person is another number to each body, and the same to the programs of one", async () => {
  const subs: string[] = [];
  for (const [id, body] of [
    ["a-one", "bank"],
    ["a-two", "bank"],
    ["a-three", "clinic"],
  ] as const) {
    const secret = await it.register({ id, body });
    const config = await it.configure(id, client.ClientSecretBasic(secret));
    const { back, checks } = await authorize(config, { pin: "44444444444444" });
    subs.push((await client.authorizationCodeGrant(config, back, checks)).claims()!.sub);
  }
  assert.equal(subs[0], subs[1]);
  assert.notEqual(subs[0], subs[2]);
});

test("M-A5: the personal number is told only under an agreement that lets a program ask for it", async () => {
  const secret = await it.register({ id: "tax-app", scopes: ["openid", "pin"] });
  const config = await it.configure("tax-app", client.ClientSecretBasic(secret));
  const { back, checks } = await authorize(config, { pin: "55555555555555", scope: "openid pin" });
  const tokens = await client.authorizationCodeGrant(config, back, checks);
  const told = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub);
  assert.equal(told.pin, "55555555555555");
  const without = it.door.programs.register(
    { kind: "system", body: "x", name: "x" },
    {
      id: "no-agreement",
      body: "bank",
      name: "x",
      profile: "portal",
      authMethod: "client_secret_basic",
      redirectUris: [redirect],
      scopes: ["openid", "pin"],
    },
  );
  await assert.rejects(without, { code: "identity.wrong-program" });
  // A program that may not ask for it is refused before anyone signs in.
  const other = await it.configure("shop", client.ClientSecretBasic("x"));
  const url = client.buildAuthorizationUrl(other, {
    redirect_uri: redirect,
    scope: "openid pin",
    code_challenge: "a".repeat(43),
    code_challenge_method: "S256",
  });
  const page = await it.browser().get(here(url));
  assert.equal(page.url.searchParams.get("error"), "invalid_scope");
});

test("M-A5: a bank works by the FAPI 2.0 profile: pushed request, private_key_jwt, DPoP with a nonce, iss in the answer", async () => {
  const keys = await makeKeys();
  await it.register({ id: "bank", profile: "fapi", authMethod: "private_key_jwt", keys: { keys: [keys.publicJwk] } });
  const config = await it.configure("bank", client.PrivateKeyJwt({ key: keys.cryptoKey, kid: "one" }));
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
  const verifier = client.randomPKCECodeVerifier();
  const challenge = await client.calculatePKCECodeChallenge(verifier);
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const asked = {
    redirect_uri: redirect,
    scope: "openid name",
    code_challenge: challenge,
    code_challenge_method: "S256",
    state,
    nonce,
  };
  const bare = await it.browser().get(here(client.buildAuthorizationUrl(config, asked)));
  assert.equal(bare.url.searchParams.get("error"), "invalid_request");
  const url = await client.buildAuthorizationUrlWithPAR(config, asked, { DPoP });
  assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request_uri"]);
  const browser = it.browser();
  const { url: back } = await agree(browser, await browser.signIn(here(url), { pin: "66666666666666" }));
  assert.equal(back.searchParams.get("iss"), it.door.issuer);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
  const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
  assert.equal(tokens.token_type, "dpop");
  const told = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub, { DPoP });
  assert.equal(told.name, "Асанова Айгүл");
  await assert.rejects(client.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub));
  await assert.rejects(it.register({ id: "weak-bank", profile: "fapi", authMethod: "client_secret_basic" }), {
    code: "identity.wrong-program",
  });
});

test("M-A5: a system of a body asks for a token by itself and is known by it at the API, with its own key or without", async () => {
  const secret = await it.register({
    id: "office-system",
    body: "office",
    name: "Office",
    profile: "system",
    redirectUris: [],
    scopes: ["registers"],
  });
  const config = await it.configure("office-system", client.ClientSecretBasic(secret));
  const tokens = await client.clientCredentialsGrant(config, { scope: "registers" });
  const who = await it.fetch(`${it.address}/who`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  assert.deepEqual(await who.json(), { kind: "system", body: "office", name: "Office" });
  const keys = await makeKeys();
  await it.register({
    id: "bound-system",
    body: "office",
    name: "Bound",
    profile: "system",
    redirectUris: [],
    scopes: ["registers"],
    boundTokens: true,
    authMethod: "private_key_jwt",
    keys: { keys: [keys.publicJwk] },
  });
  const bound = await it.configure("bound-system", client.PrivateKeyJwt({ key: keys.cryptoKey, kid: "one" }));
  const DPoP = client.getDPoPHandle(bound, await client.randomDPoPKeyPair("ES256"));
  const its = await client.clientCredentialsGrant(bound, { scope: "registers" }, { DPoP });
  const place = new URL("/who", it.door.issuer);
  const answer = await client.fetchProtectedResource(bound, its.access_token, place, "GET", undefined, undefined, { DPoP });
  assert.deepEqual(await answer.json(), { kind: "system", body: "office", name: "Bound" });
  const bearer = await it.fetch(place, { headers: { authorization: `Bearer ${its.access_token}`, accept: "application/json" } });
  assert.equal(bearer.status, 401);
  // A token without the scope is one of ours, but not for this.
  const bare = await client.clientCredentialsGrant(config);
  const refused = await it.fetch(`${it.address}/who`, { headers: { authorization: `Bearer ${bare.access_token}` } });
  assert.equal(refused.status, 403);
});

test("M-A5: a program over its quota is told to wait, and another is not", async () => {
  const declared = { profile: "system" as const, redirectUris: [], scopes: ["registers" as const], quota: 2 };
  const [secret, other] = [await it.register({ id: "eager", ...declared }), await it.register({ id: "calm", ...declared })];
  const config = await it.configure("eager", client.ClientSecretBasic(secret));
  const { access_token } = await client.clientCredentialsGrant(config, { scope: "registers" });
  const ask = () =>
    it.fetch(`${it.address}/who`, { headers: { authorization: `Bearer ${access_token}`, accept: "application/json" } });
  assert.equal((await ask()).status, 200);
  const refused = await ask();
  assert.equal(refused.status, 429);
  assert.equal(((await refused.json()) as { code: string }).code, "identity.over-quota");
  await assert.rejects(client.clientCredentialsGrant(config, { scope: "registers" }), { status: 429, error: "slow_down" });
  const calm = await it.configure("calm", client.ClientSecretBasic(other));
  await client.clientCredentialsGrant(calm, { scope: "registers" });
  // In the next minute it may ask again.
  it.house.clock.advance(60_000);
  assert.equal((await ask()).status, 200);
});

test("M-A5: a kiosk signs a person in by a code and a number, typed and chosen on the person's own phone", async () => {
  const secret = await it.register({
    id: "kiosk-3",
    name: "Киоск 3",
    profile: "kiosk",
    redirectUris: [],
    scopes: ["openid", "name"],
  });
  const config = await it.configure("kiosk-3", client.ClientSecretBasic(secret));
  const begun = await client.initiateDeviceAuthorization(config, { scope: "openid name" });
  assert.equal(begun.expires_in, 120);
  assert.equal(begun.verification_uri_complete, undefined);
  const fetchTokens = () =>
    client.genericGrantRequest(config, "urn:ietf:params:oauth:grant-type:device_code", { device_code: begun.device_code });
  await assert.rejects(fetchTokens, { error: "authorization_pending" });
  const phone = it.browser();
  const enter = await phone.get(here(new URL(begun.verification_uri)));
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(enter.text)![1]!;
  const confirm = await phone.post("/oidc/device", { xsrf, user_code: begun.user_code });
  assert.match(confirm.text, /Киоск 3/);
  assert.match(confirm.text, new RegExp(`name="confirm" value="${begun.number}"`));
  const signIn = await phone.post("/oidc/device", { xsrf, user_code: begun.user_code, confirm: String(begun.number) });
  assert.match(signIn.url.pathname, /sign-in$/, signIn.text);
  const done = await phone.post(here(signIn.url), { pin: "77777777777777", name: "Бакытов Нурлан", assurance: "demo" });
  assert.equal(done.status, 200);
  assert.match(done.text, /You are signed in on the device/);
  const tokens = await fetchTokens();
  const told = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub);
  assert.equal(told.name, "Бакытов Нурлан");
});

test("M-A5: a program asks for more than the person showed: the same person shows more, and the program checks what it got", async () => {
  const secret = await it.register({ id: "notary", scopes: ["openid"] });
  const config = await it.configure("notary", client.ClientSecretBasic(secret));
  const browser = it.browser();
  const pin = "88888888888888";
  await browser.signIn("/ky/sign-in", { pin, assurance: "simple" });
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: "openid",
    acr_values: "high substantial",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const asked = await browser.get(here(url));
  assert.match(asked.url.pathname, /sign-in$/);
  assert.deepEqual((({ wanted, pin: known, client: name }) => ({ wanted, known, name }))(JSON.parse(asked.text)), {
    wanted: "substantial",
    known: pin,
    name: "Банк",
  });
  const before = browser.cookies.get("provider");
  const show = (assurance: string, who = pin) => browser.post(here(asked.url), { pin: who, name: "Асанова Айгүл", assurance });
  assert.match((await show("simple")).text, /identity\.not-enough/);
  assert.match((await show("high", "88888888888889")).text, /identity\.another-person/);
  const { url: back } = await agree(browser, await show("high"));
  assert.notEqual(browser.cookies.get("provider"), before);
  const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier });
  assert.equal(tokens.claims()!.acr, "high");
  assert.ok(tokens.claims()!.auth_time);
});

test("M-A5: signing out of a program may sign out everywhere, and every program that wants to know is told, again if it does not hear", async () => {
  const heard: string[] = [];
  let deaf = true;
  const listener = createHttpServer((request, response) => {
    request.setEncoding("utf8").on("data", (part: string) => heard.push(part));
    request.on("end", () => response.writeHead(deaf ? 503 : 200).end());
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  const backChannelUri = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/signed-out`;
  const signOutUris = ["https://app.example/bye"];
  const secret = await it.register({ id: "mail", scopes: ["openid"], backChannelUri, signOutUris });
  const config = await it.configure("mail", client.ClientSecretBasic(secret));
  const pin = "99999999999999";
  const { back, browser, checks } = await authorize(config, { pin, scope: "openid" });
  const tokens = await client.authorizationCodeGrant(config, back, checks);
  await browser.get("/ky/sign-in?return=/ky/cabinet");
  assert.match((await browser.get("/who")).text, /99999999999999/);
  const end = client.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token!,
    post_logout_redirect_uri: signOutUris[0]!,
    state: "s",
  });
  const ask = await browser.get(here(end));
  assert.match(ask.text, /Sign out of the portal/);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(ask.text)![1]!;
  const bye = await browser.post("/oidc/sign-out/confirm", { xsrf, logout: "yes" });
  assert.equal(bye.url.href, "https://app.example/bye?state=s");
  assert.match((await browser.get("/who")).text, /nobody/);
  await it.house.jobs.drain();
  assert.equal(heard.length, 1);
  deaf = false;
  it.house.clock.advance(10_000);
  await it.house.jobs.drain();
  assert.equal(heard.length, 2);
  const logout = new URLSearchParams(heard[1]).get("logout_token")!;
  const claims = JSON.parse(Buffer.from(logout.split(".")[1]!, "base64url").toString()) as Record<string, unknown>;
  assert.equal(claims.sub, tokens.claims()!.sub);
  assert.equal(claims.aud, "mail");
  assert.equal(claims.sid, tokens.claims()!.sid);
  assert.ok(claims.events);
  listener.close();
});

test("M-A5: keys are exchanged without a break: published a day before, used, and kept until what they signed is over", async () => {
  const kids = async () => {
    const jwks = (await (await it.fetch(`${it.door.issuer}/jwks`)).json()) as { keys: { kid: string; d?: string }[] };
    assert.ok(jwks.keys.every(({ d }) => d === undefined));
    return jwks.keys.map(({ kid }) => kid);
  };
  const secret = await it.register({ id: "steady", scopes: ["openid"] });
  const config = await it.configure("steady", client.ClientSecretBasic(secret));
  const signedBy = async (pin: string) => {
    const { back, checks } = await authorize(config, { pin, scope: "openid" });
    const tokens = await client.authorizationCodeGrant(config, back, checks);
    return JSON.parse(Buffer.from(tokens.id_token!.split(".")[0]!, "base64url").toString()).kid as string;
  };
  const [old] = await kids();
  await it.door.keys.rotate();
  await it.door.keys.refresh();
  const published = await kids();
  assert.equal(published.length, 2);
  assert.equal(await signedBy("10000000000001"), old);
  const [next] = published.filter((kid) => kid !== old);
  it.house.clock.advance(24 * 3_600_000);
  await it.door.keys.refresh();
  assert.equal(await signedBy("10000000000002"), next);
  assert.ok((await kids()).includes(old!));
  it.house.clock.advance(48 * 3_600_000);
  await it.house.database.transaction((tx) => it.house.jobs.ask(tx, { name: "identity.sweep", body: {} }));
  await it.house.jobs.drain();
  await it.door.keys.refresh();
  assert.deepEqual(await kids(), [next]);
});

test("M-A5: a program that stands wrongly in the table is refused and harms nobody else", async () => {
  await it.house.database.run(sql`insert into identity.program (id, body, name, profile, auth_method, secret_hash, redirect_uris, sign_out_uris,
      scopes, bound_tokens, quota, added_at, added_by)
    values ('broken', 'bank', 'x', 'partner', 'client_secret_basic', 'x', array['no address'], array[]::text[], array['openid'], false, 1, now(), 'x')`);
  const url = `/oidc/auth?client_id=broken&response_type=code&scope=openid&redirect_uri=x&code_challenge=${"a".repeat(43)}&code_challenge_method=S256`;
  const page = await it.browser().get(url);
  assert.equal(page.status, 400);
  assert.match(page.text, /identity\.program-fault/);
  const token = await it.fetch(`${it.address}/oidc/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from("broken:x").toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  assert.ok(token.status === 400 || token.status === 401);
  const secret = await it.register({ id: "sound", profile: "system", redirectUris: [], scopes: ["registers"] });
  await client.clientCredentialsGrant(await it.configure("sound", client.ClientSecretBasic(secret)), { scope: "registers" });
});

test("M-A5: a suspended program is refused from then on, with the tokens it has, until it is resumed", async () => {
  const secret = await it.register({ id: "loud", body: "office", profile: "system", redirectUris: [], scopes: ["registers"] });
  const config = await it.configure("loud", client.ClientSecretBasic(secret));
  const { access_token } = await client.clientCredentialsGrant(config, { scope: "registers" });
  const call = async () =>
    (await it.fetch(`${it.address}/who`, { headers: { authorization: `Bearer ${access_token}`, accept: "application/json" } }))
      .status;
  assert.equal(await call(), 200);
  await it.door.programs.suspend("loud");
  assert.equal(await call(), 401);
  await assert.rejects(client.clientCredentialsGrant(config, { scope: "registers" }), { status: 401 });
  await it.door.programs.resume("loud");
  assert.equal(await call(), 200);
  await it.door.programs.end("loud");
  assert.equal(await call(), 401);
  await assert.rejects(it.door.programs.resume("loud"), { code: "identity.no-such-program" });
});
