/** Signing in with a certificate, by a signed challenge and at the door where browsers show certificates. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { temporaryFolder } from "./house.ts";
import { type InsideHouse, openInside } from "./inside.ts";
import { createVisitor, readDemoPeople, type Visitor } from "./visitor.ts";

const missing = spawnSync("openssl", ["version"]).error ? "openssl is not installed" : false;
const DOOR = 18_443;

interface Shown {
  key: KeyObject;
  der: Buffer;
  /** With those above it. */
  chain: Buffer[];
}

let house: InsideHouse;
let address = "";
let folder = "";
let one: { pin: string; name: string };
let other: { pin: string; name: string };

type Trust = {
  pki: {
    issue(actor: object, order: object): Promise<{ serial: string; certificate: { der: Buffer }; chain: { der: Buffer }[] }>;
    revoke(actor: object, order: object): Promise<unknown>;
  };
};
const pki = () => (house.doors.trust as Trust).pki;
const clerk = { kind: "system", body: "digital", name: "test" };

before(async () => {
  if (missing) return;
  folder = mkdtempSync(join(tmpdir(), "kerege-certificates-"));
  selfMade("server", "/CN=localhost");
  house = await openInside({
    dataFolder: temporaryFolder(),
    env: {
      KEREGE_CERTIFICATE_PORT: String(DOOR),
      KEREGE_CERTIFICATE_KEY: join(folder, "server.key"),
      KEREGE_CERTIFICATE_CHAIN: join(folder, "server.pem"),
    },
  });
  address = await house.app.listen({ host: "127.0.0.1", port: 0 });
  [one, other] = (await readDemoPeople(createVisitor(address))) as [typeof one, typeof other];
});
after(async () => {
  await house?.close();
  if (folder !== "") rmSync(folder, { recursive: true });
});

function selfMade(name: string, subject: string): Shown {
  const [key, pem, der] = ["key", "pem", "der"].map((end) => join(folder, `${name}.${end}`)) as [string, string, string];
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-utf8"];
  execFileSync("openssl", [...made, "-subj", subject, "-addext", "extendedKeyUsage=clientAuth", "-keyout", key, "-out", pem], {
    stdio: "ignore",
  });
  execFileSync("openssl", ["x509", "-in", pem, "-outform", "DER", "-out", der]);
  return { key: createPrivateKey(readFileSync(key)), der: readFileSync(der), chain: [] };
}

async function issued(kind: string, pin: string): Promise<Shown & { serial: string }> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const holder = { type: "person", pin, surname: "Асанов", givenName: "Бакыт" };
  const { serial, certificate, chain } = await pki().issue(clerk, { kind, holder, publicKey });
  return { serial, key: privateKey, der: certificate.der, chain: chain.map(({ der }) => der) };
}

const encoded = (value: object | string) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

function jws({ key, der, chain }: Shown, challenge: string, header: object = {}): string {
  const text = `${encoded({ alg: "ES256", x5c: [der, ...chain].map((one) => one.toString("base64")), ...header })}.${encoded(challenge)}`;
  return `${text}.${sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

async function challengeOf(visitor: Visitor): Promise<string> {
  const { text } = await visitor.get("/en/sign-in/certificate");
  return /<code class="challenge">([\w-]+)<\/code>/.exec(text)?.[1] ?? "";
}

test("M-A4: a signed challenge opens the highest level for the holder of the certificate", { skip: missing }, async () => {
  const shown = await issued("person-authentication", one.pin);
  const visitor = createVisitor(address, "en");
  const signed = jws(shown, await challengeOf(visitor));
  const inside = await visitor.post("/en/sign-in/certificate", { signed });
  assert.equal(inside.path, "/en/cabinet", inside.text);
  assert.match((await visitor.get("/en/cabinet/security")).text, /<dd>High<\/dd>/);
  // Once.
  assert.equal((await createVisitor(address, "en").post("/en/sign-in/certificate", { signed })).status, 422);
});

test("abuse 13: a certificate that is self-made with the same number, revoked, for another purpose or of a body is refused", {
  skip: missing,
}, async () => {
  const refused = async (shown: Shown, why: string, change: (challenge: string) => string = (text) => jws(shown, text)) => {
    const visitor = createVisitor(address, "en");
    const answer = await visitor.post("/en/sign-in/certificate", { signed: change(await challengeOf(visitor)) });
    assert.equal(answer.status, 422, why);
    assert.equal((await visitor.get("/en/cabinet")).status, 401, why);
  };
  const good = await issued("person-authentication", one.pin);
  await refused(selfMade("same", `/C=KG/CN=Асанов Бакыт/serialNumber=PNOKG-${one.pin}`), "self-made with the same number");
  const revoked = await issued("person-authentication", one.pin);
  await pki().revoke(clerk, { serial: revoked.serial });
  await refused(revoked, "revoked");
  await refused(await issued("person-signing", one.pin), "for signing documents");
  const official = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const system = await pki()
    .issue(clerk, {
      kind: "system",
      holder: { type: "body", code: "digital", name: "Digital" },
      publicKey: official.publicKey,
      dns: ["digital.example"],
    })
    .catch(() => undefined);
  if (system) await refused({ key: official.privateKey, der: system.certificate.der, chain: [] }, "of another authority");
  const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  await refused(good, "the certificate of one, the key of another", (text) => jws({ ...good, key: stranger }, text));
  await refused(good, "a challenge of nobody", () => jws(good, "A".repeat(56)));
  await refused(
    good,
    "no algorithm",
    (text) => `${encoded({ alg: "none", x5c: [good.der.toString("base64")] })}.${encoded(text)}.AA`,
  );
  await refused(good, "HS256", (text) => jws(good, text, { alg: "HS256" }));
  await refused(good, "an extension nobody understands", (text) => jws(good, text, { crit: ["exp"], exp: 1 }));
  await refused(good, "no certificate", (text) => jws({ ...good, der: Buffer.from("no certificate") }, text));
});

test("abuse 13: a header that names a certificate is nobody’s credential", { skip: missing }, async () => {
  const good = await issued("person-authentication", one.pin);
  const pem = `-----BEGIN CERTIFICATE-----${good.der.toString("base64")}-----END CERTIFICATE-----`;
  const names = [
    "x-client-cert",
    "x-ssl-client-cert",
    "ssl-client-cert",
    "x-forwarded-client-cert",
    "x-client-verify",
    "x-client-dn",
  ];
  const headers = Object.fromEntries(names.map((name) => [name, encodeURIComponent(pem)]));
  for (const path of ["/en/cabinet", "/en/cabinet/me", "/api/me/reads", "/en/desk/registers"])
    assert.equal((await createVisitor(address, "en").send(path, { headers })).status, 401, path);
});

/** What a browser does at the door: a handshake with its certificate, if it has one, and the cookies of the host. */
function atDoor(visitor: Visitor, shown?: Shown, headers: Record<string, string> = {}): Promise<string> {
  const pem = (der: Buffer) =>
    `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replaceAll(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----\n`;
  return new Promise((resolve, reject) => {
    request(
      {
        host: "127.0.0.1",
        port: DOOR,
        path: "/en",
        rejectUnauthorized: false,
        headers: { cookie: visitor.cookies(), ...headers },
        ...(shown && {
          key: shown.key.export({ format: "pem", type: "pkcs8" }),
          cert: [shown.der, ...shown.chain].map(pem).join(""),
        }),
      },
      (answer) => {
        answer.resume();
        const { pathname, search } = new URL(answer.headers.location ?? "http://x/");
        resolve(pathname + search);
      },
    )
      .on("error", reject)
      .end();
  });
}

test("M-A4: at the door of certificates the browser shows one, and comes back signed in", { skip: missing }, async () => {
  const visitor = createVisitor(address, "en");
  await visitor.get("/en/sign-in/certificate");
  const back = await atDoor(visitor, await issued("person-authentication", other.pin));
  assert.equal((await visitor.get(back)).path, "/en/cabinet");
  assert.equal((await visitor.get(back)).status, 410, "a ticket counts once");
});

test("abuse 13: the door lets nobody in by a forged header, a foreign certificate or another browser’s ticket", {
  skip: missing,
}, async () => {
  const good = await issued("person-authentication", one.pin);
  const begin = async () => {
    const visitor = createVisitor(address, "en");
    await visitor.get("/en/sign-in/certificate");
    return visitor;
  };
  const pem = encodeURIComponent(`-----BEGIN CERTIFICATE-----${good.der.toString("base64")}-----END CERTIFICATE-----`);
  for (const [why, shown, headers] of [
    ["no certificate", undefined, {}],
    ["a header in place of a certificate", undefined, { "x-client-cert": pem, "x-forwarded-client-cert": pem }],
    ["self-made with the same number", selfMade("door", `/C=KG/CN=Асанов/serialNumber=PNOKG-${one.pin}`), {}],
    ["for signing documents", await issued("person-signing", one.pin), {}],
  ] as [string, Shown | undefined, Record<string, string>][]) {
    const visitor = await begin();
    const answer = await visitor.get(await atDoor(visitor, shown, headers));
    assert.equal(answer.status, 422, why);
    assert.equal((await visitor.get("/en/cabinet")).status, 401, why);
  }
  const [victim, thief] = [await begin(), await begin()];
  const ticket = await atDoor(victim, good);
  assert.equal((await thief.get(ticket)).status, 422, "the ticket of another browser");
  assert.equal((await createVisitor(address, "en").get(ticket)).status, 410, "a browser on no way");
});
