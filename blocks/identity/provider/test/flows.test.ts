import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import * as client from "openid-client";
import { agree, authorize, here, makeKeys, openProviderHouse, type ProviderHouse, redirect } from "./house.ts";

let it: ProviderHouse;
before(async () => {
  it = await openProviderHouse();
});
after(async () => {
  assert.deepEqual(it?.faults, []);
  await it?.close();
});

test("M-A5: a partner app signs a person in with a code and PKCE, and gets what the person agreed to and nothing else", async () => {
  const secret = await it.register({ id: "shop" });
  const config = await it.configure("shop", client.ClientSecretBasic(secret));
  const { back, checks } = await authorize(it, config, { pin: "11111111111111" });
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
  const { back, checks } = await authorize(it, config, {
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
    const { back, checks } = await authorize(it, config, { pin: "44444444444444" });
    subs.push((await client.authorizationCodeGrant(config, back, checks)).claims()!.sub);
  }
  assert.equal(subs[0], subs[1]);
  assert.notEqual(subs[0], subs[2]);
});

test("M-A5: the personal number is told only under an agreement that lets a program ask for it", async () => {
  const secret = await it.register({ id: "tax-app", scopes: ["openid", "pin"] });
  const config = await it.configure("tax-app", client.ClientSecretBasic(secret));
  const { back, checks } = await authorize(it, config, { pin: "55555555555555", scope: "openid pin" });
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
  const { back, browser, checks } = await authorize(it, config, { pin, scope: "openid" });
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
