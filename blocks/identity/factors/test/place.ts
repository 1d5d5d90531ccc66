/** The block alone behind HTTP, with people, posts and officials that a test tells; each browser with cookies of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type App, createServer } from "@kerege/kernel/http";
import { type Log, silentLog } from "@kerege/kernel/log";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import identity from "../../block.ts";
import type { IdentityDoor } from "../../session.ts";
import type { KnownPerson } from "../account.ts";
import { stepAt, totpAt } from "../totp.ts";

export const people: Record<string, KnownPerson> = {
  "21205199001234": { pin: "21205199001234", name: "Асанов Бакыт", bornOn: "1990-05-12", alive: true },
  "11503198507777": { pin: "11503198507777", name: "Эсенова Айзада", bornOn: "1985-03-15", alive: true },
  "20101193000001": { pin: "20101193000001", name: "Маркум Адам", bornOn: "1930-01-01", alive: false },
};
export const [bakyt, aizada, late] = Object.values(people) as [KnownPerson, KnownPerson, KnownPerson];
export const PASSWORD = "three calm yaks graze";

const word = (en: string) => ({ ky: en, ru: en, kk: en, en });
const posts: Record<string, string[]> = {
  operator: ["identity.activate"],
  controller: ["identity.confirm-activation"],
  both: ["identity.activate", "identity.confirm-activation"],
  linker: ["identity.link-official"],
  programs: ["identity.programs"],
  clerk: [],
};

export interface Answer {
  status: number;
  text: string;
  location: string;
  headers: Record<string, unknown>;
}

export interface TestBrowser {
  get(address: string): Promise<Answer>;
  post(address: string, fields?: Record<string, string>): Promise<Answer>;
  cookies: Map<string, string>;
  /** Address the requests come from. */
  from: string;
}

export interface Place {
  house: TestHouse;
  door: IdentityDoor;
  app: App;
  browser(): TestBrowser;
  atDesk(official: string, post: string): Promise<TestBrowser>;
  /** A code of a service centre, by two officials. */
  activationCode(pin: string): Promise<string>;
  /** A confirmed account with password and app; the browser is signed in. */
  activated(pin: string): Promise<{ browser: TestBrowser; secret: Buffer; kept: string[] }>;
  /** The code an app shows now. */
  appCode(secret: Buffer): string;
  /** The newest message of the browser's own addresses. */
  message(browser: TestBrowser): Promise<string>;
  close(): Promise<void>;
}

export async function openPlace(options: { demo?: boolean; env?: Record<string, string>; log?: Log } = {}): Promise<Place> {
  const root = mkdtempSync(path.join(tmpdir(), "kerege-factors-"));
  mkdirSync(path.join(root, "countries", "test"), { recursive: true });
  const name = "{ ky: Т, ru: Т, kk: Т, en: T }";
  writeFileSync(
    path.join(root, "countries", "test", "country.yaml"),
    `country: test\ncode: KG\nname: ${name}\nportalName: ${name}\ndemo: ${options.demo ?? true}\nlanguages: [ky, ru, kk, en]\ntimeZone: Asia/Bishkek\ncurrency: KGS\npacks: []\n`,
  );
  const house = await openTestHouse([identity], {
    root,
    country: "test",
    ...(options.env && { env: options.env }),
    ...(options.log && { log: options.log }),
  });
  const door = house.doors.identity as IdentityDoor;
  door.factors.people.find = async (pin) => people[pin];
  door.factors.posts.of = (code) => posts[code] && { code, name: word(code), rights: posts[code] };
  const { languages, country } = { languages: house.country.languages, country: house.country };
  const app = await createServer({ log: silentLog, texts: house.texts, languages, country });
  app.askers.holds = async () => true;
  await house.opened[0]!.opened.routes!(app);
  app.get("/who", async (request) => ({ actor: (await app.askers.of(request)) ?? null }));
  app.get("/needed", (request) => app.askers.need(request, "person"));

  const browser = (): TestBrowser => {
    const cookies = new Map<string, string>();
    const send = async (method: "GET" | "POST", url: string, fields?: Record<string, string>): Promise<Answer> => {
      const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join("; ");
      const answer = await app.inject({
        method,
        url,
        remoteAddress: one.from,
        headers: {
          host: "127.0.0.1:8080",
          accept: "text/html",
          "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
          ...(cookie && { cookie }),
          ...(fields && { "content-type": "application/x-www-form-urlencoded" }),
        },
        ...(fields && { payload: new URLSearchParams(fields).toString() }),
      });
      for (const { name: key, value } of answer.cookies) {
        if (value === "") cookies.delete(key);
        else cookies.set(key, value);
      }
      return {
        status: answer.statusCode,
        text: answer.body,
        location: String(answer.headers.location ?? ""),
        headers: answer.headers,
      };
    };
    const one: TestBrowser = {
      cookies,
      from: "192.0.2.1",
      get: (url) => send("GET", url),
      post: (url, fields = {}) => send("POST", url, fields),
    };
    return one;
  };
  const atDesk = async (official: string, post: string) => {
    const one = browser();
    const { token } = await door.openDemoDesk({ official, body: "service-centres", post, name: official }, "");
    one.cookies.set("desk", token);
    return one;
  };
  const activationCode = async (pin: string) => {
    const asked = await (await atDesk("o-1", "operator")).post("/en/desk/activations", { pin });
    const approved = await (await atDesk("o-2", "controller")).post(asked.location, { act: "approve" });
    return /class="activation-code">([^<]+)/.exec(approved.text)?.[1] ?? "";
  };
  const appCode = (secret: Buffer) => totpAt(secret, stepAt(house.clock.now()));
  return {
    house,
    door,
    app,
    browser,
    atDesk,
    activationCode,
    appCode,
    async activated(pin) {
      const one = browser();
      const code = await activationCode(pin);
      await one.post("/en/activate", { pin, code });
      await one.post("/en/activate/password", { password: PASSWORD, repeated: PASSWORD });
      const shown = await one.get("/en/activate/app");
      const secret = fromBase32(/<code>([A-Z2-7 ]+)<\/code>/.exec(shown.text)?.[1] ?? "");
      const codes = await one.post("/en/activate/app", { code: appCode(secret) });
      const kept = [...codes.text.matchAll(/<code>([^<]+)<\/code>/g)].map(([, text = ""]) => text);
      await one.post("/en/activate/done");
      // The step of the code that was just shown is spent.
      house.clock.advance(30_000);
      return { browser: one, secret, kept };
    },
    async message(one) {
      const { text } = await one.get("/en/demo/messages");
      return /<section class="message">(.*?)<\/section>/s.exec(text)?.[1] ?? "";
    },
    async close() {
      await app.close();
      await house.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function fromBase32(text: string): Buffer {
  let bits = "";
  for (const letter of text.replaceAll(" ", ""))
    bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
