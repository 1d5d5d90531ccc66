import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import path from "node:path";
import type { Actor } from "@kerege/kernel/actor";
import { openDatabase } from "@kerege/kernel/database";
import { joinEmbedded } from "@kerege/kernel/embedded";
import { openHouse } from "@kerege/kernel/house";
import { silentLog } from "@kerege/kernel/log";
import { house } from "@kerege/server/house";
import { placeOf, readAll } from "@kerege/server/open";
import { type TrustDoor, writeOcspRequest } from "@kerege/trust";
import type { Bench } from "./harness.ts";

const SIGNATURES = 20_000;
const STAMPS = 8000;
const ANSWERS = 8000;
const AT_ONCE = 64;
const CERTIFICATES = 200;
const BATCHES = 500;
/** As many as the registers commit together when they are busy. */
const LEAVES = 64;
const officer: Actor = { kind: "system", body: "bench", name: "bench" };

/** What the authorities of an installation do in a second of one core. */
export async function measurePki(bench: Bench, dataFolder: string): Promise<void> {
  const embedded = joinEmbedded(dataFolder);
  if (!embedded) throw new RangeError("the database is not running");
  const database = openDatabase(embedded.connection());
  const declared = readAll(placeOf(process.env));
  const blocks = house.slice(0, house.findIndex((block) => block.name === "trust") + 1);
  const opened = await openHouse(blocks, { database, declared, dataFolder: path.join(dataFolder, "blocks"), log: silentLog });
  try {
    const door = opened.doors.trust as TrustDoor;
    await measureSigning(bench, door);
    await measureStatus(bench, door);
    await measureLog(bench, door);
  } finally {
    await opened.close();
    await database.close();
  }
}

async function measureSigning(bench: Bench, door: TrustDoor): Promise<void> {
  const signer = door.signer({ code: "bench", name: "Bench" });
  const bytes = randomBytes(256);
  await bench.measure({
    name: "signatures with P-256, in the form that has no twin",
    unit: "per CPU s",
    target: { atLeast: 25_000 },
    run: () => perCpuSecond(SIGNATURES, () => void signer.sign(bytes)),
  });
  const digest = createHash("sha256").update(bytes).digest();
  await bench.measure({
    name: "time stamps (RFC 3161)",
    unit: "per CPU s",
    target: { atLeast: 8000 },
    run: () => perCpuSecond(STAMPS, () => void door.pki.stamper.stamp(digest)),
  });
}

/** With a nonce, so that every answer is looked up in the table and signed anew. */
async function measureStatus(bench: Bench, { pki }: TrustDoor): Promise<void> {
  const person = { type: "person", pin: "20503199001234", surname: "Bench", givenName: "Bench" } as const;
  const requests: Buffer[] = [];
  for (let nr = 0; nr < CERTIFICATES; nr++) {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { certificate, chain } = await pki.issue(officer, { kind: "person-signing", holder: person, publicKey });
    requests.push(writeOcspRequest(certificate, chain[0]!, randomBytes(16)));
  }
  await bench.measure({
    name: "status of a certificate (OCSP), read and signed anew, 64 in flight",
    unit: "per CPU s",
    target: { atLeast: 8000 },
    run: async () => {
      const before = process.cpuUsage();
      let next = 0;
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (next < ANSWERS) await pki.status.answer(requests[next++ % requests.length]!);
        }),
      );
      return ANSWERS / secondsSince(before);
    },
  });
}

function perCpuSecond(times: number, work: () => void): number {
  const before = process.cpuUsage();
  for (let nr = 0; nr < times; nr++) work();
  return times / secondsSince(before);
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** From the content of an act to its place in the log, which is on the disk by then. */
async function measureLog(bench: Bench, { log }: TrustDoor): Promise<void> {
  await bench.measure({
    name: "leaves into the log, 64 in a batch, until they have their place",
    unit: "per s",
    target: { atLeast: 20_000 },
    run: async () => {
      const begun = performance.now();
      const batches = Array.from({ length: BATCHES }, (_, nr) =>
        log.batch(
          "bench.act",
          log.salts(LEAVES).map((salt, index) => log.leaf(salt, `{"act":${nr},"line":${index}}`)),
        ),
      );
      await log.append(batches);
      return (BATCHES * LEAVES * 1000) / (performance.now() - begun);
    },
  });
}
