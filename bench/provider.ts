import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import path from "node:path";
import type { IdentityDoor } from "@kerege/identity";
import { openDatabase } from "@kerege/kernel/database";
import { joinEmbedded } from "@kerege/kernel/embedded";
import { openHouse } from "@kerege/kernel/house";
import { silentLog } from "@kerege/kernel/log";
import { house } from "@kerege/server/house";
import { placeOf, readAll } from "@kerege/server/open";
import type { Bench } from "./harness.ts";
import { type Client, cpuSeconds, keepBusy } from "./load.ts";
import { pinsOf, signIn } from "./sign-in.ts";

const SPELL = 3000;
const IN_FLIGHT = 32;

/** What the OpenID provider of a running server does, with everything it keeps in PostgreSQL. */
export async function measureProvider(
  bench: Bench,
  given: { client: Client; pid: number; port: number; dataFolder: string },
): Promise<void> {
  const { client, pid } = given;
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const secret = await registerPrograms(given.dataFolder, keys.publicKey.export({ format: "jwk" }));
  const perCore = async (ask: () => Promise<unknown>) => {
    const before = cpuSeconds(pid);
    const { done } = await keepBusy({ inFlight: IN_FLIGHT, milliseconds: SPELL }, async () => void (await ask()));
    return done / (cpuSeconds(pid) - before);
  };
  const token = async (body: string, authorization?: string) => {
    const answer = await client.ask({ method: "POST", path: "/oidc/token", body, ...(authorization && { authorization }) });
    if (answer.status !== 200) throw new RangeError(`no token: ${answer.status} ${answer.body.toString("utf8")}`);
    return answer;
  };
  const basic = `Basic ${Buffer.from(`bench-secret:${secret}`).toString("base64")}`;
  await bench.measure({
    name: "token endpoint, client credentials with a secret",
    unit: "per CPU s",
    repeats: 3,
    target: { atLeast: 1000 },
    run: () => perCore(() => token("grant_type=client_credentials&scope=registers", basic)),
  });
  const assertion = () => {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const aud = `http://127.0.0.1:${given.port}/oidc`;
    const claims = { iss: "bench-key", sub: "bench-key", aud, jti: randomUUID(), iat: now, exp: now + 60 };
    const input = `${part({ alg: "ES256", kid: "one" })}.${part(claims)}`;
    const signature = sign("sha256", Buffer.from(input), { key: keys.privateKey, dsaEncoding: "ieee-p1363" });
    return `${input}.${signature.toString("base64url")}`;
  };
  const type = encodeURIComponent("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  await bench.measure({
    name: "token endpoint, client credentials with private_key_jwt",
    unit: "per CPU s",
    repeats: 3,
    run: () =>
      perCore(() =>
        token(`grant_type=client_credentials&scope=registers&client_assertion_type=${type}&client_assertion=${assertion()}`),
      ),
  });
  const [pin] = await pinsOf(client);
  await bench.measure({
    name: "sign-in at the portal, the whole way of redirects",
    unit: "per CPU s",
    repeats: 3,
    run: () => perCore(() => signIn(client, pin)),
  });
}

/** Two systems, written into the database beside the server that runs. */
async function registerPrograms(dataFolder: string, publicJwk: JsonWebKey): Promise<string> {
  const embedded = joinEmbedded(dataFolder);
  if (!embedded) throw new RangeError("the database is not running");
  const database = openDatabase(embedded.connection());
  const blocks = house.slice(0, house.findIndex((block) => block.name === "identity") + 1);
  const declared = readAll(placeOf(process.env));
  const opened = await openHouse(blocks, { database, declared, dataFolder: path.join(dataFolder, "blocks"), log: silentLog });
  try {
    const { programs } = opened.doors.identity as IdentityDoor;
    const by = { kind: "system" as const, body: "bench", name: "bench" };
    const system = {
      body: "bench",
      name: "bench",
      profile: "system",
      agreement: "bench",
      scopes: ["registers"],
      quota: 1_000_000,
    };
    const { secret } = await programs.register(by, { ...system, id: "bench-secret", authMethod: "client_secret_basic" });
    const keys = { keys: [{ ...publicJwk, kid: "one" }] };
    await programs.register(by, { ...system, id: "bench-key", authMethod: "private_key_jwt", keys });
    return secret!;
  } finally {
    await opened.close();
    await database.close();
  }
}
