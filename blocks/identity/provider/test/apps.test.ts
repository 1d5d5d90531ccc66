/** A person sees which apps know him or her, and makes them ask anew. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import * as client from "openid-client";
import { agree, authorize, here, openProviderHouse, type ProviderHouse, redirect } from "./house.ts";

const PIN = "21205199001234";
const OTHER = "11503198507777";
let it: ProviderHouse;
before(async () => {
  it = await openProviderHouse();
  it.door.claimSources.bodyName = (code) => (code === "bank" ? "Жер банкы" : undefined);
});
after(async () => {
  assert.deepEqual(it?.faults, []);
  await it?.close();
});

test("M-A5: the apps a person agreed to are listed with what they are told; taken back, an app hears nothing more and asks anew", async () => {
  const heard: string[] = [];
  const listener = createHttpServer((request, response) => {
    request.setEncoding("utf8").on("data", (part: string) => heard.push(part));
    request.on("end", () => response.writeHead(200).end());
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  const backChannelUri = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/signed-out`;
  const secret = await it.register({ id: "shop", name: "Дүкөн", backChannelUri });
  const config = await it.configure("shop", client.ClientSecretBasic(secret));
  const scope = "openid name offline_access";
  const { back, browser, checks } = await authorize(it, config, { pin: PIN, scope, more: { prompt: "consent" } });
  const tokens = await client.authorizationCodeGrant(config, back, checks);
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub)).name, "Асанова Айгүл");
  const second = await it.register({ id: "club", name: "Клуб", scopes: ["openid"] });
  const other = await it.configure("club", client.ClientSecretBasic(second));
  await authorize(it, other, { pin: OTHER, scope: "openid" });

  await browser.get("/en/sign-in");
  const page = await browser.get("/en/cabinet/apps");
  for (const words of ["Дүкөн", "Жер банкы", "signed in", "full name", "also while the person is away"])
    assert.ok(page.text.includes(words), words);
  assert.ok(!page.text.includes("Клуб"), "another person's app");
  assert.deepEqual(
    (await it.door.apps.list(PIN)).map(({ program, scopes, signedIn }) => [program.id, [...scopes].sort(), signedIn]),
    [["shop", ["name", "offline_access", "openid"], true]],
    "the portal itself is no app",
  );
  for (const language of ["ky", "ru", "kk"])
    assert.doesNotMatch((await browser.get(`/${language}/cabinet/apps`)).text, /identity\.apps\./);

  assert.match((await browser.post("/en/cabinet/apps/club/withdraw", {})).text, /identity\.no-such-program/);
  assert.equal((await it.door.apps.list(OTHER)).length, 1, "nobody ends another's");
  const emptied = await browser.post("/en/cabinet/apps/shop/withdraw", {});
  assert.ok(!emptied.text.includes("Дүкөн"));
  await assert.rejects(client.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub));
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token!), { error: "invalid_grant" });
  await it.house.jobs.drain();
  assert.equal(heard.length, 1, "it is told that the person signed out there");
  const logout = new URLSearchParams(heard[0]).get("logout_token")!;
  assert.equal(JSON.parse(Buffer.from(logout.split(".")[1]!, "base64url").toString()).sid, tokens.claims()!.sid);

  assert.match((await browser.get("/who")).text, new RegExp(PIN), "the person is still signed in at the portal");
  const verifier = client.randomPKCECodeVerifier();
  const again = client.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: "openid name",
    state: client.randomState(),
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const { url } = await agree(browser, await browser.get(here(again)));
  assert.equal(url.origin, "https://app.example");
  listener.close();
});

test("M-A4: nobody sees apps without signing in, and in the table nothing says whose a row is", async () => {
  assert.equal((await it.browser().get("/en/cabinet/apps")).status, 401);
  assert.equal((await it.browser().post("/en/cabinet/apps/shop/withdraw", {})).status, 401);
  const rows = await it.house.database.rows<{ account: string | null }>({
    text: "select account, model from identity.provider_state",
    values: [],
  });
  const subjects = await it.house.database.rows<{ id: string; pin: string }>({
    text: "select id, pin from identity.account_subject",
    values: [],
  });
  assert.ok(rows.some(({ account }) => account !== null) && subjects.length > 0);
  for (const { account } of rows) assert.ok(!subjects.some(({ id, pin }) => account === id || account === pin));
});
