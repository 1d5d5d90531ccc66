import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as client from "openid-client";
import { type Browser, here, openProviderHouse, type Page, type ProviderHouse, redirect } from "./house.ts";

/** What an attacker may do with people, browsers and addresses. */
let it: ProviderHouse;
let secret: string;
before(async () => {
  it = await openProviderHouse();
  secret = await it.register({ id: "shop", scopes: ["openid", "name"], signOutUris: ["https://app.example/bye"] });
});
after(async () => {
  assert.deepEqual(it?.faults, []);
  await it?.close();
});

const asked = (more: Record<string, string | undefined> = {}): string => {
  const query = {
    client_id: "shop",
    response_type: "code",
    scope: "openid",
    redirect_uri: redirect,
    state: "s",
    code_challenge: "a".repeat(43),
    code_challenge_method: "S256",
    ...more,
  };
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `/oidc/auth?${new URLSearchParams(given)}`;
};
const agree = (browser: Browser, page: Page) => browser.post(here(page.url), { answer: "yes" });
const stayed = (page: Page) => page.url.origin === it.address;

test("abuse 3: no address but the very one that was registered is ever led to", async () => {
  for (const uri of [
    "https://app.example/back/",
    "https://app.example/back?x=1",
    "https://app.example/back#x",
    "https://app.example/backdoor",
    "https://app.example.evil.example/back",
    "https://app.example@evil.example/back",
    "https://evil.example/https://app.example/back",
    "https://app.example%2f@evil.example/back",
    "https://app.example/%62ack",
    "https://app.example/x/../back",
    "https://APP.example/back",
    "https://app.example:443/back",
    "https://app.example:8443/back",
    "http://app.example/back",
    "http://127.0.0.1:1/back",
    "//app.example/back",
    "javascript:alert(1)",
    "",
  ]) {
    const page = await it.browser().get(asked({ redirect_uri: uri }));
    assert.ok(stayed(page), `${uri} led to ${page.url}`);
    assert.equal(page.status, 400, uri);
    assert.match(page.text, /identity\.program-fault/, uri);
  }
  const twice = await it.browser().get(`${asked()}&redirect_uri=${encodeURIComponent("https://evil.example/")}`);
  assert.ok(stayed(twice) && twice.status === 400);
  assert.ok(stayed(await it.browser().get(asked({ client_id: "nobody" }))));
});

test("abuse 3: a program may not be registered at an address that can be read in two ways", async () => {
  for (const uri of [
    "https://user@app.example/back",
    "https://app.example/*",
    "https://app.example/back#x",
    "http://app.example/back",
    "https://127.1/back",
    "https://10.0.0.1/back",
    "https://app.example/a/../back",
    "https://app.example\\@evil.example/",
    "app.example/back",
    "javascript:alert(1)",
  ])
    await assert.rejects(it.register({ id: "odd-one", redirectUris: [uri] }), { code: "identity.wrong-program" }, uri);
  await assert.rejects(it.register({ id: "two-hosts", redirectUris: [redirect, "https://other.example/back"] }), {
    code: "identity.wrong-program",
  });
  await assert.rejects(it.register({ id: "portal" }), { code: "identity.wrong-program" });
});

test("abuse 3: every answer names who answers, and the portal takes none of another", async () => {
  const browser = it.browser();
  const { url } = await agree(browser, await browser.signIn(asked(), { pin: "30000000000001" }));
  assert.equal(url.searchParams.get("iss"), it.door.issuer);
  const config = await it.configure("shop", client.ClientSecretBasic(secret));
  const foreign = new URL(url);
  foreign.searchParams.set("iss", "https://evil.example");
  await assert.rejects(client.authorizationCodeGrant(config, foreign, { expectedState: "s", pkceCodeVerifier: "a".repeat(43) }));
  for (const iss of ["https://evil.example", ""]) {
    const visitor = it.browser();
    const back = await stopBeforeBack(visitor, "30000000000002");
    back.searchParams.set("iss", iss);
    const page = await visitor.get(here(back));
    assert.match(page.text, /identity\.sign-in-gone/);
    assert.ok(!visitor.cookies.has("session"));
  }
});

/** Signs in at the portal up to the answer of the provider, which is not opened. */
async function stopBeforeBack(browser: Browser, pin: string): Promise<URL> {
  const page = await browser.get("/ky/sign-in");
  let next = await browser.send(here(page.url), {
    method: "POST",
    body: new URLSearchParams({ pin, name: "А", assurance: "demo" }),
  });
  for (;;) {
    const url = new URL(next.headers.get("location")!, it.address);
    if (url.pathname === "/sign-in/back") return url;
    next = await browser.send(url);
  }
}

test("abuse 3: without PKCE, with the plain method or another kind of answer nothing is given", async () => {
  for (const [what, more] of Object.entries({
    "no challenge": { code_challenge: undefined, code_challenge_method: undefined },
    plain: { code_challenge_method: "plain" },
    "a token at once": { response_type: "token" },
    "an id token at once": { response_type: "code id_token", nonce: "n" },
    "a form that posts itself": { response_mode: "form_post" },
    "a fragment": { response_mode: "fragment" },
  })) {
    const page = await it.browser().get(asked(more));
    const text = `${page.url.href} ${page.text}`;
    assert.ok(!text.includes("code=") && !text.includes("interaction="), what);
    assert.match(text, /error=|program-fault/, what);
  }
});

test("abuse 6: leaving acr_values out, an old session or prompt=none lifts nobody to a higher level", async () => {
  const config = await it.configure("shop", client.ClientSecretBasic(secret));
  const browser = it.browser();
  const pin = "60000000000001";
  await browser.signIn("/ky/sign-in", { pin, assurance: "simple" });
  const verifier = client.randomPKCECodeVerifier();
  const pkce = { code_challenge: await client.calculatePKCECodeChallenge(verifier) };
  // Without it the level is told as it is; the program sees that it is not enough.
  const dropped = await agree(browser, await browser.get(asked(pkce)));
  const tokens = await client.authorizationCodeGrant(config, dropped.url, { expectedState: "s", pkceCodeVerifier: verifier });
  assert.equal(tokens.claims()!.acr, "simple");
  const none = await browser.get(asked({ acr_values: "high", prompt: "none" }));
  assert.equal(none.url.searchParams.get("error"), "login_required");
  const stepUp = await browser.get(asked({ acr_values: "high" }));
  assert.equal(stepUp.url.pathname, "/en/sign-in");
  const weak = await browser.post(here(stepUp.url), { pin, name: "А", assurance: "substantial" });
  assert.match(weak.text, /identity\.not-enough/);
  // What was refused cannot be jumped over by going on to where success would lead.
  const { interaction } = JSON.parse(stepUp.text) as { interaction: string };
  const jumped = await browser.get(`/oidc/auth/${interaction}`);
  assert.ok(stayed(jumped), jumped.url.href);
});

test("abuse 6: what was shown for one person lifts no other, and an older sign-in is not taken for a fresh one", async () => {
  const browser = it.browser();
  await browser.signIn("/ky/sign-in", { pin: "60000000000002", assurance: "simple" });
  const stepUp = await browser.get(asked({ acr_values: "high" }));
  const other = await browser.post(here(stepUp.url), { pin: "60000000000003", name: "Б", assurance: "high" });
  assert.match(other.text, /identity\.another-person/);
  const fresh = await browser.get(asked({ prompt: "login" }));
  assert.equal(fresh.url.pathname, "/en/sign-in");
});

test("abuse 6: the portal asks for a level and checks what it got, also where the answer is older than the question", async () => {
  const browser = it.browser();
  const page = await browser.get("/ky/sign-in?wanted=high");
  const { wanted } = JSON.parse(page.text) as { wanted?: string };
  assert.equal(wanted, "high");
  const low = await browser.post(here(page.url), { pin: "60000000000004", name: "А", assurance: "substantial" });
  assert.match(low.text, /identity\.not-enough/);
  const high = await browser.post(here(page.url), { pin: "60000000000004", name: "А", assurance: "high" });
  assert.equal(high.url.pathname, "/ky/cabinet");
  const [session] = await it.door.list("60000000000004");
  assert.equal(session!.assurance, "high");
});

test("abuse 6: a demo sign-in counts in a demo country and nowhere else", async () => {
  const real = await openProviderHouse({ demo: false });
  const page = await real.browser().signIn("/ky/sign-in", { pin: "60000000000005" });
  assert.equal(page.status, 404);
  assert.match(page.text, /identity\.not-a-demo/);
  const metadata = (await (await real.fetch(`${real.door.issuer}/.well-known/openid-configuration`)).json()) as {
    acr_values_supported: string[];
  };
  assert.deepEqual(metadata.acr_values_supported, ["simple", "substantial", "high"]);
  assert.deepEqual(real.faults, []);
  await real.close();
});

test("abuse 7: a session planted before signing in is not the session afterwards, nor is one before more was shown", async () => {
  const attacker = it.browser();
  await attacker.get("/ky/sign-in");
  await attacker.signIn("/ky/sign-in", { pin: "70000000000001" });
  const victim = it.browser();
  for (const name of ["provider", "provider.sig", "session"]) victim.cookies.set(name, attacker.cookies.get(name)!);
  const planted = new Map(victim.cookies);
  await victim.signIn("/ky/sign-in", { pin: "70000000000002" });
  assert.notEqual(victim.cookies.get("provider"), planted.get("provider"));
  assert.notEqual(victim.cookies.get("session"), planted.get("session"));
  assert.doesNotMatch((await attacker.get("/who")).text, /70000000000002/);
  const lifted = it.browser();
  await lifted.signIn("/ky/sign-in", { pin: "70000000000003", assurance: "simple" });
  const before = new Map(lifted.cookies);
  await lifted.signIn("/ky/sign-in?wanted=high", { pin: "70000000000003", assurance: "high" });
  assert.notEqual(lifted.cookies.get("provider"), before.get("provider"));
  assert.notEqual(lifted.cookies.get("session"), before.get("session"));
  const copy = it.browser();
  copy.cookies.set("session", before.get("session")!);
  assert.match((await copy.get("/who")).text, /nobody/);
});

test("abuse 7: the question of one browser is nobody's in another, and a made-up cookie opens none", async () => {
  const [one, other] = [it.browser(), it.browser()];
  const page = await one.get(asked());
  await other.get(asked());
  const stolen = await other.post(here(page.url), { pin: "70000000000004", name: "А", assurance: "demo" });
  assert.match(stolen.text, /identity\.sign-in-gone/);
  const bare = await it.browser().post(here(page.url), { pin: "70000000000004", name: "А", assurance: "demo" });
  assert.match(bare.text, /identity\.sign-in-gone/);
  const forged = it.browser();
  forged.cookies.set("question", page.url.searchParams.get("interaction")!);
  assert.match((await forged.get(here(page.url))).text, /identity\.sign-in-gone/);
  forged.cookies.set("question.sig", "x".repeat(27));
  assert.match((await forged.get(here(page.url))).text, /identity\.sign-in-gone/);
  const resumed = await it.browser().get(`/oidc/auth/${page.url.searchParams.get("interaction")}`);
  assert.match(resumed.text, /identity\.sign-in-gone/);
  // The right browser goes on, once.
  const { url } = await agree(one, await one.post(here(page.url), { pin: "70000000000004", name: "А", assurance: "demo" }));
  assert.ok(url.searchParams.get("code"));
  const again = await one.post(here(page.url), { pin: "70000000000005", name: "Б", assurance: "demo" });
  assert.match(again.text, /identity\.sign-in-gone/);
});

test("abuse 8: an answer that this browser did not ask for signs nobody in", async () => {
  const attacker = it.browser();
  const back = await stopBeforeBack(attacker, "80000000000001");
  const victim = it.browser();
  assert.match((await victim.get(here(back))).text, /identity\.sign-in-gone/);
  assert.ok(!victim.cookies.has("session"));
  await victim.get("/ky/sign-in");
  assert.match((await victim.get(here(back))).text, /identity\.sign-in-gone/);
  const own = await stopBeforeBack(victim, "80000000000002");
  own.searchParams.set("code", back.searchParams.get("code")!);
  assert.match((await victim.get(here(own))).text, /identity\.sign-in-gone/);
  assert.ok(!victim.cookies.has("session"));
});

test("abuse 8: no page of another site signs anyone in, agrees, confirms a device or signs out", async () => {
  const browser = it.browser();
  const consent = await browser.signIn(asked(), { pin: "80000000000003" });
  const paths = [here(consent.url), "/ky/sign-in", "/oidc/device", "/oidc/sign-out/confirm", "/oidc/token", "/oidc/par"];
  for (const path of paths)
    for (const headers of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "cross-site", origin: "null" },
    ] as Record<string, string>[]) {
      const body = new URLSearchParams({ answer: "yes", logout: "yes" });
      const page = await browser.send(path, { method: "POST", headers, body });
      assert.equal(page.status, 403, path);
    }
  // A link that asks to sign out asks the person; without the word of the page nothing happens.
  const ask = await browser.get("/oidc/sign-out");
  assert.match(ask.text, /name="xsrf"/);
  const guessed = await browser.post("/oidc/sign-out/confirm", { xsrf: "0".repeat(48), logout: "yes" });
  assert.equal(guessed.status, 400);
  const get = await browser.get("/oidc/sign-out/confirm?logout=yes");
  assert.equal(get.status, 405);
  const still = await browser.get(asked({ prompt: "none" }));
  assert.equal(still.url.searchParams.get("error"), "consent_required");
});

test("abuse 8: other ways of writing a request change nothing: text, JSON, another method in a field, an origin of nothing", async () => {
  const send = (init: RequestInit) => it.fetch(`${it.address}/oidc/token`, { method: "POST", ...init });
  const grant = "grant_type=client_credentials";
  for (const [what, init] of Object.entries({
    text: { body: grant, headers: { "content-type": "text/plain" } },
    JSON: { body: '{"grant_type":"client_credentials"}', headers: { "content-type": "application/json" } },
    "no type": { body: Buffer.from(grant) },
    "twice the same": {
      body: new URLSearchParams([
        ["grant_type", "client_credentials"],
        ["grant_type", "refresh_token"],
      ]),
    },
    "a prototype": { body: new URLSearchParams({ __proto__: "x", constructor: "x", grant_type: "x" }) },
    "too long": { body: new URLSearchParams({ grant_type: "x".repeat(100_000) }) },
    "no UTF-8": { body: Buffer.from([0x67, 0x3d, 0xff]), headers: { "content-type": "application/x-www-form-urlencoded" } },
  })) {
    const response = await send(init as RequestInit);
    assert.ok(response.status >= 400 && response.status < 500, `${what}: ${response.status}`);
    assert.equal(response.headers.get("access-control-allow-origin"), null, what);
  }
  const overridden = await it.fetch(`${it.address}/oidc/token?_method=GET`, { headers: { "x-http-method-override": "POST" } });
  assert.equal(overridden.status, 405);
  const cors = await send({ body: new URLSearchParams({ grant_type: "x" }), headers: { origin: "null" } });
  assert.equal(cors.status, 403);
});

test("abuse 8: addresses that make no sense are answered with a page or JSON, never with a fault of the server", async () => {
  const hostile = [
    "/oidc/auth",
    "/oidc/auth?client_id=shop&client_id=bank",
    "/oidc/auth?client_id[]=shop",
    "/oidc/auth?request_uri=urn:x&client_id=shop",
    "/oidc/auth?request=a.b.c&client_id=shop&response_type=code&scope=openid",
    `/oidc/auth?client_id=shop&scope=${"x".repeat(3000)}`,
    "/oidc/auth/none",
    "/oidc/auth/%00",
    "/oidc/auth/..%2f..%2fme",
    "/oidc/device?user_code=%3Cscript%3E",
    "/oidc/device/none",
    "/oidc/sign-out?id_token_hint=x",
    "/oidc/sign-out?post_logout_redirect_uri=https://evil.example",
    "/oidc/sign-out?client_id=nobody",
    "/oidc/sign-out/success?client_id=nobody",
    "/oidc/userinfo",
    "/oidc/jwks/x",
    "/oidc/reg",
    "/oidc",
    "/sign-in/back",
    "/sign-in/back?code=x&state=y&iss=z",
    "/ky/sign-in?interaction=x",
    "/ky/sign-in/consent?interaction=x",
    "/ky/sign-in/consent",
  ];
  for (const path of hostile)
    for (const accept of ["text/html", "application/json", "*/*"]) {
      const page = await it.browser().send(path, { headers: { accept } });
      assert.ok(page.status < 500, `${path} as ${accept}: ${page.status}`);
      assert.doesNotMatch(page.text, /<script>alert|at file:|node_modules/, path);
      assert.doesNotMatch(page.headers.get("location") ?? "", /evil/, path);
      assert.equal(page.headers.get("x-content-type-options"), "nosniff", path);
    }
});

const deviceOf = async (id: string) => {
  const password = await it.register({ id, name: "Киоск 7", profile: "kiosk", redirectUris: [], scopes: ["openid"] });
  const config = await it.configure(id, client.ClientSecretBasic(password));
  const begun = await client.initiateDeviceAuthorization(config, { scope: "openid" });
  const grant = () =>
    client.genericGrantRequest(config, "urn:ietf:params:oauth:grant-type:device_code", { device_code: begun.device_code });
  const phone = it.browser();
  const enter = await phone.get("/oidc/device");
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(enter.text)![1]!;
  return { begun, grant, phone, xsrf, fields: { xsrf, user_code: begun.user_code } };
};

test("abuse 15: whoever is sent a code sees who asks, has no number to choose, and a wrong one ends it", async () => {
  const { begun, grant, phone, fields } = await deviceOf("kiosk-7");
  const confirm = await phone.post("/oidc/device", fields);
  assert.match(confirm.text, /Киоск 7/);
  const numbers = [...confirm.text.matchAll(/name="confirm" value="(\d\d)"/g)].map(([, number]) => number!);
  assert.equal(new Set(numbers).size, 3);
  assert.ok(numbers.includes(String(begun.number)));
  const wrong = numbers.find((number) => number !== String(begun.number))!;
  const stopped = await phone.post("/oidc/device", { ...fields, confirm: wrong });
  assert.match(stopped.text, /This sign-in was stopped/);
  await assert.rejects(grant, { error: "access_denied" });
});

test("abuse 15: a link does not carry the code, and a yes without the number is none", async () => {
  const { begun, grant, phone, fields } = await deviceOf("kiosk-8");
  assert.equal(begun.verification_uri_complete, undefined);
  const stopped = await phone.post("/oidc/device", { ...fields, confirm: "yes" });
  assert.match(stopped.text, /This sign-in was stopped/);
  await assert.rejects(grant, { error: "access_denied" });
});

test("abuse 15: a code is good for two minutes, once, and in the browser that typed it", async () => {
  const { begun, phone, fields, grant } = await deviceOf("kiosk-9");
  const stranger = it.browser();
  const refused = await stranger.post("/oidc/device", { ...fields, confirm: String(begun.number) });
  assert.equal(refused.status, 400);
  const unknown = await phone.post("/oidc/device", { ...fields, user_code: "BCDF-GHJK" });
  assert.match(unknown.text, /no such code/);
  // The word of the page is good for one form; the page that says so has a new one.
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(unknown.text)![1]!;
  const page = await phone.post("/oidc/device", { ...fields, xsrf, confirm: String(begun.number) });
  assert.equal(page.url.pathname, "/en/sign-in");
  const elsewhere = await stranger.post(here(page.url), { pin: "15000000000001", name: "А", assurance: "demo" });
  assert.match(elsewhere.text, /identity\.sign-in-gone/);
  it.house.clock.advance(121_000);
  const late = await phone.post(here(page.url), { pin: "15000000000001", name: "А", assurance: "demo" });
  assert.doesNotMatch(late.text, /You are signed in on the device/);
  await assert.rejects(grant);
});
