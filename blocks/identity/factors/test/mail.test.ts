/** Mail by a real server in a process of its own, over TLS with a certificate of an authority that was made for it. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, fork, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import tls from "node:tls";
import { fileURLToPath } from "node:url";
import { sql } from "@kerege/kernel/database";
import { createLog } from "@kerege/kernel/log";
import { readSmtp } from "../mail.ts";
import { bakyt, openPlace, PASSWORD, type Place } from "./place.ts";
import type { SmtpLike, SmtpSays } from "./smtp.ts";

type Mail = Extract<SmtpSays, { source: string }>;

const skip = spawnSync("openssl", ["version"]).error ? "needs openssl" : false;
const folder = mkdtempSync(path.join(tmpdir(), "kerege-mail-"));
const file = (name: string) => path.join(folder, name);
const trusted = tls.getCACertificates("default");
before(() => {
  if (skip) return;
  for (const name of ["good", "other"]) {
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file(`${name}.key`)];
    execFileSync("openssl", ["req", "-x509", ...key, "-out", file(`${name}.pem`), ...subject], { stdio: "ignore" });
  }
  tls.setDefaultCACertificates([...trusted, readFileSync(file("good.pem"), "utf8")]);
});
after(() => {
  tls.setDefaultCACertificates(trusted);
  rmSync(folder, { recursive: true, force: true });
});

interface Server {
  port: number;
  /** What it has said since, in order; waits for the next one. */
  next(): Promise<SmtpSays>;
  stop(): Promise<void>;
}

async function startServer(like: Partial<SmtpLike> & { certified?: "good" | "other" } = {}): Promise<Server> {
  const { certified = "good", ...rest } = like;
  const whole = {
    ...{ port: 0, secure: true, user: "portal", password: "p@ss word/ң" },
    ...{ key: file(`${certified}.key`), certificate: file(`${certified}.pem`) },
    ...rest,
  };
  const child: ChildProcess = fork(fileURLToPath(new URL("./smtp.ts", import.meta.url)), [JSON.stringify(whole)], {
    execArgv: ["--import", fileURLToPath(new URL("../../../../kernel/tsx.mjs", import.meta.url))],
  });
  const said: SmtpSays[] = [];
  let told = () => {};
  child.on("message", (one) => {
    said.push(one as SmtpSays);
    told();
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const next = async (): Promise<SmtpSays> => {
    while (said.length === 0)
      await new Promise<void>((resolve) => {
        told = resolve;
      });
    return said.shift()!;
  };
  const { port } = (await next()) as { port: number };
  return {
    port,
    next,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

interface Post extends Place {
  lines(): Record<string, unknown>[];
  jobs(): Promise<{ body: Record<string, string>; last_fault: string | null }[]>;
  register(address: string): Promise<{ status: number; location: string; text: string }>;
}

/** A real country whose mail is carried by that server. */
async function openPost(port: number, given: { password?: string; scheme?: "smtp" | "smtps" } = {}): Promise<Post> {
  const lines: Record<string, unknown>[] = [];
  const password = encodeURIComponent(given.password ?? "p@ss word/ң");
  const place = await openPlace({
    demo: false,
    log: createLog((line) => lines.push(JSON.parse(line))),
    env: {
      KEREGE_SMTP: `${given.scheme ?? "smtps"}://portal:${password}@localhost:${port}`,
      KEREGE_MAIL_FROM: "portal@kerege.example",
    },
  });
  return {
    ...place,
    lines: () => lines,
    jobs: () => place.house.database.rows(sql`select body, last_fault from kernel.job where name = 'identity.mail'`),
    register: (address) =>
      place.browser().post("/en/register", {
        ...{ name: "Somebody", pin: bakyt.pin, "born.day": "12", "born.month": "5", "born.year": "1990" },
        address,
      }),
  };
}

/** Reads a mail as RFC 5322, 2045 and 2047 have it: what our library wrote is not read by the same library. */
function readMail(source: string) {
  const [head = "", ...rest] = source.split("\r\n\r\n");
  const headers = new Map(
    head
      .replaceAll(/\r\n[ \t]+/g, " ")
      .split("\r\n")
      .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()] as const),
  );
  const quoted = (text: string) =>
    Buffer.from(
      text
        .replaceAll(/=\r\n/g, "")
        .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      "latin1",
    );
  const words = (text: string) =>
    text
      .replaceAll(/\?=\s+=\?/g, "?==?")
      .replaceAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_all, kind: string, word: string) =>
        (kind.toUpperCase() === "B" ? Buffer.from(word, "base64") : quoted(word.replaceAll("_", " "))).toString(),
      );
  const body = rest.join("\r\n\r\n");
  const how = headers.get("content-transfer-encoding");
  const bytes = how === "base64" ? Buffer.from(body, "base64") : how === "quoted-printable" ? quoted(body) : Buffer.from(body);
  return { header: (name: string) => words(headers.get(name) ?? ""), text: bytes.toString("utf8") };
}

test("M-A4: who has mail opens an account in a real country: the code comes in four languages, and nothing of it stays", {
  skip,
}, async () => {
  const server = await startServer();
  const post = await openPost(server.port);
  try {
    assert.equal((await post.browser().get("/en/demo/messages")).status, 404);
    const browser = post.browser();
    const address = "aizada@example.org";
    await browser.post("/en/register", {
      ...{ name: "Somebody", pin: bakyt.pin, "born.day": "12", "born.month": "5", "born.year": "1990" },
      address,
    });
    const waiting = await post.jobs();
    assert.equal(waiting.length, 1);
    const inClear = JSON.stringify(waiting) + Buffer.from(waiting[0]!.body.sealed!, "base64url").toString("latin1");
    assert.doesNotMatch(inClear, /aizada|example\.org|\d{6} ?\./, "neither address nor text lies in the open");
    await post.house.jobs.drain();
    const mail = (await server.next()) as Mail;
    assert.deepEqual([mail.from, mail.to, mail.encrypted], ["portal@kerege.example", [address], true]);
    assert.doesNotMatch(mail.source.split("\r\n\r\n")[0]!, /[^\x20-\x7e\r\n\t]/, "headers are plain ASCII on the wire");
    const { header, text } = readMail(mail.source);
    assert.equal(header("subject"), "Т порталынан билдирүү · Сообщение портала Т · Т порталынан хабарлама · Message from T");
    assert.match(header("content-type"), /^text\/plain; charset=utf-8/);
    assert.equal(header("auto-submitted"), "auto-generated");
    const parts = text.trim().split(/\r?\n\r?\n/);
    assert.equal(parts.length, 4, text);
    const codes = parts.map((part) => /\b(\d{6})\b/.exec(part)?.[1]);
    assert.equal(new Set(codes).size, 1);
    assert.match(parts[0]!, /[өүң]/);
    assert.match(parts[1]!, /код/i);
    assert.match(parts[2]!, /[әғқңұі]/);
    assert.match(parts[3]!, /code to open an account/);
    assert.equal((await post.jobs()).length, 0, "the row goes with the mail");
    assert.equal((await browser.post("/en/register/code", { code: codes[0]! })).location, "/en/register/password");
    const opened = await browser.post("/en/register/password", { password: PASSWORD, repeated: PASSWORD });
    assert.equal(opened.location, "/en/cabinet");
    const all = JSON.stringify(post.lines());
    assert.doesNotMatch(all, /aizada|p@ss|\d{14}/);
    assert.match(all, /no courier for phones/);
  } finally {
    await post.close();
    await server.stop();
  }
});

test("M-A4: where only mail is carried a phone is not taken, in words that say what is", { skip }, async () => {
  const server = await startServer();
  const post = await openPost(server.port);
  try {
    const answer = await post.register("+996700123456");
    assert.equal(answer.status, 422);
    assert.match(answer.text, /Type a mail address: messages to phones are not sent yet\./);
    assert.equal((await post.jobs()).length, 0);
  } finally {
    await post.close();
    await server.stop();
  }
});

test("a mail that is refused for good is not tried again, one that is refused for now is", { skip }, async () => {
  const strict = await startServer({ answer: 550 });
  const busy = await startServer({ answer: 451 });
  const [first, second] = [await openPost(strict.port), await openPost(busy.port)];
  try {
    assert.equal((await first.register("nobody@example.org")).location, "/en/register/code");
    await first.house.jobs.drain();
    assert.deepEqual(await strict.next(), { rejected: "recipient" });
    assert.equal((await first.jobs()).length, 0);
    const said = first.lines().find((line) => line.event === "mail refused for good");
    assert.equal(said?.answer, 550);
    assert.doesNotMatch(JSON.stringify(first.lines()), /nobody@/);
    await second.register("somebody@example.org");
    await second.house.jobs.drain();
    assert.deepEqual(await busy.next(), { rejected: "recipient" });
    assert.equal((await second.jobs()).length, 1);
    // A code that would come after its three minutes is not sent.
    second.house.clock.advance(180_000);
    await second.house.jobs.drain();
    assert.equal((await second.jobs()).length, 0);
    assert.ok(second.lines().some((line) => String(line.event).startsWith("mail given up")));
    assert.doesNotMatch(JSON.stringify(second.lines()), /somebody@/);
  } finally {
    await Promise.all([first.close(), second.close()]);
    await Promise.all([strict.stop(), busy.stop()]);
  }
});

test("a server that is away and comes back delivers what waited meanwhile", { skip }, async () => {
  const gone = await startServer();
  await gone.stop();
  const post = await openPost(gone.port);
  try {
    assert.equal((await post.register("waits@example.org")).location, "/en/register/code", "whoever registers does not wait");
    await post.house.jobs.drain();
    const [job] = await post.jobs();
    assert.equal(job?.last_fault, "ESOCKET");
    const back = await startServer({ port: gone.port });
    try {
      post.house.clock.advance(4000);
      await post.house.jobs.drain();
      assert.deepEqual(((await back.next()) as Mail).to, ["waits@example.org"]);
      assert.equal((await post.jobs()).length, 0);
    } finally {
      await back.stop();
    }
  } finally {
    await post.close();
  }
});

test("with a wrong password mail waits until the operator has mended it; nothing secret is logged", { skip }, async () => {
  const server = await startServer();
  const post = await openPost(server.port, { password: "not-the-one" });
  try {
    await post.register("patient@example.org");
    await post.house.jobs.drain();
    assert.deepEqual(await server.next(), { rejected: "password" });
    assert.equal((await post.jobs())[0]?.last_fault, "EAUTH");
    assert.doesNotMatch(JSON.stringify(post.lines()), /not-the-one|patient@/);
  } finally {
    await post.close();
    await server.stop();
  }
});

test("nothing is said to a server whose certificate is not to be trusted, or who would have it without TLS", {
  skip,
}, async () => {
  const other = await startServer({ certified: "other" });
  const bare = await startServer({ secure: false, bare: true });
  const [first, second] = [await openPost(other.port), await openPost(bare.port, { scheme: "smtp" })];
  try {
    for (const post of [first, second]) {
      await post.register("careful@example.org");
      await post.house.jobs.drain();
    }
    assert.equal((await first.jobs())[0]?.last_fault, "ESOCKET");
    assert.equal((await second.jobs())[0]?.last_fault, "ETLS");
  } finally {
    await Promise.all([first.close(), second.close()]);
    await Promise.all([other.stop(), bare.stop()]);
  }
});

test("by STARTTLS mail is carried as well", { skip }, async () => {
  const server = await startServer({ secure: false });
  const post = await openPost(server.port, { scheme: "smtp" });
  try {
    await post.register("later@example.org");
    await post.house.jobs.drain();
    assert.equal(((await server.next()) as Mail).encrypted, true);
  } finally {
    await post.close();
    await server.stop();
  }
});

test("an address of a mail server is read whole or not at all", () => {
  assert.deepEqual(readSmtp("smtps://me%40here:p%2Fq@mail.example"), {
    ...{ host: "mail.example", port: 465, secure: true },
    auth: { user: "me@here", pass: "p/q" },
  });
  assert.deepEqual(readSmtp("smtp://mail.example"), { host: "mail.example", port: 587, secure: false });
  assert.deepEqual(readSmtp("smtp://mail.example:25/"), { host: "mail.example", port: 25, secure: false });
  for (const wrong of [
    ...["mail.example", "https://mail.example", "smtp://", "smtp://user@mail.example", "smtp://%zz:x@mail.example"],
    "smtps://mail.example?tls.rejectUnauthorized=false",
  ])
    assert.equal(readSmtp(wrong), undefined, wrong);
});
