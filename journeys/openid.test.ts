/** An app of a bank at the whole house: who answers for it, what a person agrees to, what it is told, and where the person sees it. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import type { IdentityDoor } from "@kerege/identity";
import { temporaryFolder } from "./house.ts";
import { type InsideHouse, openInside } from "./inside.ts";
import { createVisitor, readDemoPeople } from "./visitor.ts";

const REDIRECT = "https://app.example/back";
let house: InsideHouse;
let address = "";
let secret = "";

before(async () => {
  house = await openInside({ dataFolder: temporaryFolder() });
  address = await house.app.listen({ host: "127.0.0.1", port: 0 });
  const { programs } = house.doors.identity as IdentityDoor;
  const declared = {
    id: "land-bank",
    body: "civil-registry",
    name: "Жер банкы",
    profile: "partner",
    agreement: "2026/17",
    authMethod: "client_secret_basic",
    redirectUris: [REDIRECT],
    scopes: ["openid", "name", "birthdate"],
  };
  ({ secret = "" } = await programs.register({ kind: "system", body: "civil-registry", name: "kerege" }, declared));
});
after(async () => {
  assert.deepEqual(house?.faults, []);
  await house?.close();
});

test("M-A5: an app signs a person in at the portal, in words of four languages, and is told the name and the day of birth", async () => {
  const [person] = await readDemoPeople(createVisitor(address));
  const verifier = randomBytes(32).toString("base64url");
  const asked = new URLSearchParams({
    client_id: "land-bank",
    response_type: "code",
    scope: "openid name birthdate",
    redirect_uri: REDIRECT,
    state: "s",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const visitor = createVisitor(address, "ky");
  const page = await visitor.get(`/oidc/auth?${asked}`);
  assert.match(page.path, /^\/ky\/sign-in\?interaction=/);
  assert.match(page.text, /Жер банкы/);
  const leaving = await visitor.post(page.path, { pin: person!.pin });
  const next = /^0;url=(.+)$/.exec(leaving.headers.get("refresh") ?? "")?.[1] ?? "";
  const consent = await visitor.get(next);
  assert.match(consent.path, /^\/ky\/sign-in\/consent\?interaction=/);
  const { bodies } = house.doors.reference as { bodies(): { code: string; name: { ky: string; kk: string } }[] };
  const body = bodies().find(({ code }) => code === "civil-registry")!;
  assert.ok(consent.text.includes(body.name.ky) && consent.text.includes(person!.name));
  for (const [language, words] of Object.entries({ ru: "дату рождения", kk: "туған күніңізді", en: "your date of birth" }))
    assert.ok((await visitor.get(consent.path.replace("/ky/", `/${language}/`))).text.includes(words), language);
  const agreed = await visitor.post(consent.path, { answer: "yes" });
  const resume = /^0;url=(.+)$/.exec(agreed.headers.get("refresh") ?? "")?.[1] ?? "";
  const back = new URL((await visitor.send(resume)).headers.get("location")!);
  assert.equal(`${back.origin}${back.pathname}`, REDIRECT);
  assert.equal(back.searchParams.get("state"), "s");
  const authorization = `Basic ${Buffer.from(`land-bank:${secret}`).toString("base64")}`;
  const grant = { grant_type: "authorization_code", redirect_uri: REDIRECT, code_verifier: verifier };
  const fields = new URLSearchParams({ ...grant, code: back.searchParams.get("code")! });
  const answer = await fetch(`${address}/oidc/token`, { method: "POST", headers: { authorization }, body: fields });
  const tokens = (await answer.json()) as { access_token: string };
  const told = await fetch(`${address}/oidc/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  const claims = (await told.json()) as { sub: string; name: string; birthdate: string };
  assert.equal(claims.name, person!.name);
  const [, day, month, year] = /^\d(\d\d)(\d\d)(\d{4})/.exec(person!.pin)!;
  assert.equal(claims.birthdate, `${year}-${month}-${day}`);
  assert.notEqual(claims.sub, person!.pin);
});
