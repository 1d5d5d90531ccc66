import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { request } from "node:http";
import path from "node:path";
import type { IdentityDoor } from "@kerege/identity";
import { openDatabase } from "@kerege/kernel/database";
import { joinEmbedded } from "@kerege/kernel/embedded";
import { openHouse } from "@kerege/kernel/house";
import { silentLog } from "@kerege/kernel/log";
import { house } from "@kerege/server/house";
import { placeOf, readAll } from "@kerege/server/open";
import { type Bench, describe } from "./harness.ts";
import { type Client, keepBusy } from "./load.ts";

const SPELL = 3000;
const STORM = 500;
const ANSWERS = 2000;
/** Pages that are asked for while the storm goes on. */
const READERS = 4;

/** Passkeys of people, and what a storm of sign-ins does to everybody else. */
export async function measureFactors(bench: Bench, given: { client: Client; port: number; dataFolder: string }): Promise<void> {
  await measurePasskeys(bench, given.dataFolder);
  await measureStorm(bench, given);
}

/** The whole look at an answer: our challenge burnt in the database, origin, site, verification of the holder, signature, counter. */
async function measurePasskeys(bench: Bench, dataFolder: string): Promise<void> {
  const embedded = joinEmbedded(dataFolder);
  if (!embedded) throw new RangeError("the database is not running");
  const database = openDatabase(embedded.connection());
  const declared = readAll(placeOf(process.env));
  const blocks = house.slice(0, house.findIndex((block) => block.name === "identity") + 1);
  const opened = await openHouse(blocks, { database, declared, dataFolder: path.join(dataFolder, "blocks"), log: silentLog });
  try {
    const { passkeys } = (opened.doors.identity as IdentityDoor).factors;
    const key = softKey();
    const passkey = {
      account: "00000000-0000-7000-8000-000000000001",
      id: "00000000-0000-7000-8000-000000000002",
      kind: "passkey" as const,
      name: "",
      secret: key.publicKey,
      counter: 0,
      addedAt: new Date(),
    };
    await bench.measure({
      name: "passkey of a sign-in looked at, with its challenge burnt, 32 in flight",
      unit: "per CPU s",
      repeats: 3,
      target: { atLeast: 2000 },
      run: async () => {
        const answers = Array.from({ length: ANSWERS }, () => key.answer(passkeys.request()));
        const before = process.cpuUsage();
        let next = 0;
        await Promise.all(
          Array.from({ length: 32 }, async () => {
            while (next < answers.length)
              if (!(await passkeys.shown(answers[next++]!, async () => passkey)))
                throw new RangeError("a good passkey was refused");
          }),
        );
        const { user, system } = process.cpuUsage(before);
        return ANSWERS / ((user + system) / 1_000_000);
      },
    });
  } finally {
    await opened.close();
    await database.close();
  }
}

/** A security key in software that signs as devices do (WebAuthn 3, 6.3.3); its public key is a COSE key on P-256 (RFC 9053, 7.1.1). */
function softKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x, y } = publicKey.export({ format: "jwk" });
  const bytes = (text: string) => Buffer.from(text, "base64url");
  const cose = ["a5010203262001215820", bytes(x!).toString("hex"), "225820", bytes(y!).toString("hex")].join("");
  let counter = 0;
  return {
    publicKey: Buffer.from(cose, "hex").toString("base64url"),
    answer(options: { challenge: string; rpId?: string | undefined }): string {
      const site = createHash("sha256")
        .update(options.rpId ?? "")
        .digest();
      const tail = Buffer.alloc(5);
      tail[0] = 0b101;
      tail.writeUInt32BE(++counter, 1);
      const origin = `http://${options.rpId}:8080`;
      const client = Buffer.from(
        JSON.stringify({ type: "webauthn.get", challenge: options.challenge, origin, crossOrigin: false }),
      );
      const authenticatorData = Buffer.concat([site, tail]);
      const signed = Buffer.concat([authenticatorData, createHash("sha256").update(client).digest()]);
      const response = { clientDataJSON: client, authenticatorData, signature: sign("sha256", signed, privateKey) };
      return JSON.stringify({
        id: "AAAAAAAAAAAAAAAAAAAAAA",
        rawId: "AAAAAAAAAAAAAAAAAAAAAA",
        type: "public-key",
        response: Object.fromEntries(Object.entries(response).map(([name, part]) => [name, part.toString("base64url")])),
        clientExtensionResults: {},
      });
    },
  };
}

/** Pages that everybody opens, calm and while so many people sign in at once: each of them costs a password hash. */
async function measureStorm(bench: Bench, { client, port }: { client: Client; port: number }): Promise<void> {
  const slowest = async () => {
    const times: number[] = [];
    await keepBusy({ inFlight: READERS, milliseconds: SPELL }, async () => {
      const began = performance.now();
      const { status } = await client.ask({ path: "/ru/search?q=%D1%81%D0%BF%D1%80%D0%B0%D0%B2%D0%BA%D0%B0", encoding: "gzip" });
      if (status !== 200) throw new RangeError(`the search answered ${status}`);
      times.push(performance.now() - began);
    });
    times.sort((a, b) => a - b);
    return times[Math.floor(times.length * 0.99)]!;
  };
  const calm = "search page, 99 of 100 answered within, calm";
  await bench.measure({ name: calm, unit: "ms", repeats: 5, run: slowest });
  const storm = Promise.all(Array.from({ length: STORM }, (_, number) => trySignIn(port, number)));
  await bench.measure({
    name: `the same in a storm of ${STORM} sign-ins`,
    unit: "ms",
    repeats: 3,
    warmup: 0,
    against: calm,
    target: { atMost: 3, ratio: true },
    run: slowest,
  });
  const waited = await storm;
  await bench.measure({
    name: `sign-ins of the storm answered, half within`,
    unit: "ms",
    repeats: 1,
    warmup: 0,
    run: () => describe(waited).median,
  });
}

/** From addresses of its own, since one address may not try so often. */
function trySignIn(port: number, number: number): Promise<number> {
  const began = performance.now();
  const body = `identifier=${encodeURIComponent(`+996700${String(number).padStart(6, "0")}`)}&password=three+calm+yaks+graze`;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port,
        localAddress: `127.0.1.${1 + (number % 200)}`,
        method: "POST",
        path: "/ru/sign-in/password",
        headers: { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () =>
          // 503: told to come back, where the queue is longer than half a minute.
          answer.statusCode === 422 || answer.statusCode === 503
            ? resolve(performance.now() - began)
            : reject(new RangeError(`${answer.statusCode}`)),
        );
      },
    );
    // Where a machine is so busy that the server gives up on the connection, the wait ends as well.
    sent.on("error", () => resolve(performance.now() - began));
    sent.end(body);
  });
}
