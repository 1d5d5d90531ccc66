import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliDecompressSync } from "node:zlib";
import type { Actor } from "@kerege/kernel/actor";
import { openDatabase, sql } from "@kerege/kernel/database";
import { joinEmbedded } from "@kerege/kernel/embedded";
import { measureFactors } from "./factors.ts";
import { type Bench, createBench } from "./harness.ts";
import { type Client, cpuSeconds, createClient, keepBusy, residentMegabytes } from "./load.ts";
import { measurePki } from "./pki.ts";
import { measureProvider } from "./provider.ts";
import { openRegistry } from "./registry.ts";
import { startServer } from "./server.ts";
import { pinsOf, signIn } from "./sign-in.ts";

/** What an installation does for its first thousand people, from outside and from inside. */
const SPELL = 3000;
const AT_ONCE = 16;

export async function measureInstallation(say: (line: string) => void): Promise<Bench> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), "kerege-bench-"));
  const bench = createBench(say);
  try {
    const first = await startServer({ dataFolder });
    await bench.measure({
      name: "first start, with 1,000 invented people",
      unit: "ms",
      repeats: 1,
      warmup: 0,
      target: { atMost: 15_000 },
      run: () => first.readyAfter,
    });
    await first.stop();
    await bench.measure({
      name: "second start",
      unit: "ms",
      repeats: 5,
      target: { atMost: 3000 },
      run: async () => {
        const server = await startServer({ dataFolder });
        await server.stop();
        return server.readyAfter;
      },
    });

    const server = await startServer({ dataFolder });
    const client = createClient(server.port, 64);
    try {
      await new Promise((resolve) => setTimeout(resolve, SPELL));
      await bench.measure({
        name: "resident memory of the server, idle",
        unit: "MB",
        repeats: 3,
        warmup: 0,
        target: { atMost: 250 },
        run: () => residentMegabytes(server.pid),
      });
      await measurePages(bench, client, server.pid);
      await measureCertificates(bench, client);
      await measureReads(bench, dataFolder);
      await measurePki(bench, dataFolder);
      await measureFactors(bench, { client, port: server.port, dataFolder });
      await measureProvider(bench, { client, pid: server.pid, port: server.port, dataFolder });
      await bench.measure({
        name: "resident memory of the server, after the load",
        unit: "MB",
        repeats: 1,
        warmup: 0,
        run: () => residentMegabytes(server.pid),
      });
    } finally {
      client.close();
      await server.stop();
    }
    return bench;
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

async function measurePages(bench: Bench, client: Client, pid: number): Promise<void> {
  const cold = async (withScript: boolean) => {
    const page = await client.ask({ path: "/ky", encoding: "br" });
    const html = brotliDecompressSync(page.body).toString("utf8");
    const files = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)]
      .map((match) => match[1]!)
      .filter((file) => withScript === file.endsWith(".js"));
    let bytes = withScript ? 0 : page.body.length;
    for (const file of new Set(files)) bytes += (await client.ask({ path: file, encoding: "br" })).body.length;
    return bytes / 1024;
  };
  await bench.measure({
    name: "home page cold on the wire, without script",
    unit: "KB",
    repeats: 1,
    target: { atMost: 30 },
    run: () => cold(false),
  });
  await bench.measure({ name: "its optional script", unit: "KB", repeats: 1, target: { atMost: 8 }, run: () => cold(true) });
  const perCore = async (path: string, cookie?: string) => {
    const before = cpuSeconds(pid);
    const { done } = await keepBusy({ inFlight: 32, milliseconds: SPELL }, async () => {
      const answer = await client.ask({ path, cookie, encoding: "gzip" });
      if (answer.status !== 200) throw new RangeError(`${path} answered ${answer.status}`);
    });
    return done / (cpuSeconds(pid) - before);
  };
  await bench.measure({ name: "home page", unit: "per CPU s", repeats: 3, target: { atLeast: 1500 }, run: () => perCore("/ky") });
  await bench.measure({
    name: "search, drawn each time",
    unit: "per CPU s",
    repeats: 3,
    target: { atLeast: 1500 },
    run: () => perCore("/ru/search?q=%D1%81%D0%BF%D1%80%D0%B0%D0%B2%D0%BA%D0%B0"),
  });
  const cookie = await signIn(client);
  await bench.measure({
    name: "cabinet of a person, with its reads",
    unit: "per CPU s",
    repeats: 3,
    run: () => perCore("/ru/cabinet", cookie),
  });
}

/** The whole way over HTTP: begin, answer the form, hand in, fetch the signed PDF. */
async function measureCertificates(bench: Bench, client: Client): Promise<void> {
  const known = new Set<string>();
  for (const search of ["", "айбек", "нурбек", "айгуль", "гульнара", "марат", "бакыт", "азамат"])
    for (const pin of await pinsOf(client, search)) known.add(pin);
  const people = await Promise.all([...known].slice(0, AT_ONCE).map((pin) => signIn(client, pin)));
  // A person does one thing at a time.
  const free = [...people];
  const certificate = async () => {
    const cookie = free.shift()!;
    const follow = async (ask: Parameters<Client["ask"]>[0]): Promise<string> => {
      const answer = await client.ask({ ...ask, cookie });
      if (answer.status !== 303) throw new RangeError(`${ask.path} answered ${answer.status}`);
      return String(answer.headers.location);
    };
    let place = await follow({ method: "POST", path: "/ru/services/residence-certificate/start", body: "" });
    while (place.includes("/form/")) place = await follow({ method: "POST", path: place, body: "whose=me&document_language=ru" });
    place = await follow({ method: "POST", path: place.replace(/review$/, "submit"), body: "" });
    const page = (await client.ask({ path: place, cookie })).body.toString("utf8");
    const file = /href="(\/ru\/documents\/[^"?]+\.pdf)"/.exec(page)?.[1];
    if (!file) throw new RangeError("no document was issued");
    const pdf = await client.ask({ path: file, cookie });
    if (pdf.body.subarray(0, 5).toString() !== "%PDF-") throw new RangeError("not a PDF");
    free.push(cookie);
  };
  await bench.measure({
    name: `certificate end to end over HTTP, ${AT_ONCE} people at once`,
    unit: "per s",
    repeats: 3,
    target: { atLeast: 100 },
    run: async () => {
      const { done, seconds } = await keepBusy({ inFlight: people.length, milliseconds: SPELL }, certificate);
      return done / seconds;
    },
  });
}

/** Durable reads with their record, against the plainest prepared select over the same driver in the same run. */
async function measureReads(bench: Bench, dataFolder: string): Promise<void> {
  const embedded = joinEmbedded(dataFolder);
  if (!embedded) throw new RangeError("the database is not running");
  const database = openDatabase(embedded.connection());
  const { registry, close } = await openRegistry(database, dataFolder);
  try {
    const pins = (await database.rows<{ pin: string }>(sql`select pin from registry.person where ended_on is null`)).map(
      (row) => row.pin,
    );
    const reader: Actor = { kind: "system", body: "civil-registry", name: "bench" };
    // As services read: under a ground that counts nobody's reads.
    const ground = registry
      .grounds()
      .find((one) => one.readers.bodies?.includes("civil-registry") && one.reads.person && !one.bulk)!;
    const fields = ground.reads.person!;
    const rate = async (work: (number: number) => Promise<unknown>) => {
      const { done, seconds } = await keepBusy({ inFlight: 64, milliseconds: SPELL }, async (number) => {
        if (!(await work(number))) throw new RangeError("nobody was found");
      });
      return done / seconds;
    };
    const text = "select pin, surname, given_name, patronymic, born_on from registry.person where pin = $1";
    const pinAt = (number: number) => pins[number % pins.length]!;
    const raw = "raw prepared select by the driver and its pool, 64 in flight";
    await bench.measure({
      name: raw,
      unit: "per s",
      repeats: 3,
      run: () =>
        rate((number) =>
          database.session(async (client) => {
            const { rows } = await client.query({ name: "raw", text, values: [pinAt(number)] });
            return rows[0];
          }),
        ),
    });
    await bench.measure({
      name: "the same down shared connections, 64 in flight",
      unit: "per s",
      repeats: 3,
      run: () =>
        rate((number) =>
          database.first(
            sql`select pin, surname, given_name, patronymic, born_on from registry.person where pin = ${pinAt(number)}`,
          ),
        ),
    });
    const recorded = "read with its record, durable, 64 in flight";
    await bench.measure({
      name: recorded,
      unit: "per s",
      repeats: 3,
      against: raw,
      target: { atLeast: 0.6, ratio: true },
      run: () =>
        rate((number) => registry.read(reader, { register: "person", key: pinAt(number), fields, ground: ground.ground })),
    });
    const bounded = registry
      .grounds()
      .find((one) => one.readers.bodies?.includes("civil-registry") && one.reads.person && one.bulk && !one.bulk.refuse)!;
    await bench.measure({
      name: "the same counted under a bound, one reader, 64 in flight",
      unit: "per s",
      repeats: 3,
      against: recorded,
      run: () =>
        rate((number) =>
          registry.read(reader, { register: "person", key: pinAt(number), fields: ["surname"], ground: bounded.ground }),
        ),
    });
  } finally {
    await close();
    await database.close();
  }
}
