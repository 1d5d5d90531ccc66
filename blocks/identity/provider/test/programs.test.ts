import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "@kerege/kernel/database";
import * as client from "openid-client";
import { authorize, here, makeKeys, openProviderHouse, operator, type ProviderHouse } from "./house.ts";

let it: ProviderHouse;
before(async () => {
  it = await openProviderHouse();
});
after(async () => {
  assert.deepEqual(it?.faults, []);
  await it?.close();
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

test("M-A5: keys are exchanged without a break: published a day before, used, and kept until what they signed is over", async () => {
  const kids = async () => {
    const jwks = (await (await it.fetch(`${it.door.issuer}/jwks`)).json()) as { keys: { kid: string; d?: string }[] };
    assert.ok(jwks.keys.every(({ d }) => d === undefined));
    return jwks.keys.map(({ kid }) => kid);
  };
  const secret = await it.register({ id: "steady", scopes: ["openid"] });
  const config = await it.configure("steady", client.ClientSecretBasic(secret));
  const signedBy = async (pin: string) => {
    const { back, checks } = await authorize(it, config, { pin, scope: "openid" });
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
  await it.door.programs.suspend(operator, "loud");
  assert.equal(await call(), 401);
  await assert.rejects(client.clientCredentialsGrant(config, { scope: "registers" }), { status: 401 });
  await it.door.programs.resume(operator, "loud");
  assert.equal(await call(), 200);
  await it.door.programs.end(operator, "loud");
  assert.equal(await call(), 401);
  await assert.rejects(it.door.programs.resume(operator, "loud"), { code: "identity.no-such-program" });
});
