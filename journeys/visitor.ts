import { enter } from "./factors.ts";

/**
 * A person at the portal without a browser: keeps cookies, sends forms as a browser does, follows where it is led. For journeys
 * where nothing has to be looked at, and for what no browser would send.
 */

export interface Answer {
  status: number;
  headers: Headers;
  /** Path and query of the page at the end, after every redirection. */
  path: string;
  bytes: Buffer;
  text: string;
}

export type Fields = Record<string, string> | [string, string][];

export interface Visitor {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a form and follows the redirection. */
  post(path: string, fields?: Fields): Promise<Answer>;
  /** One request, nothing followed. */
  send(path: string, init?: RequestInit): Promise<Answer>;
  /** Signs in with password and app as this invented person, whose account is made where there is none yet. */
  signIn(pin: string): Promise<void>;
  /** Signs in by the list of invented people, which only a demo country has. */
  pickFromList(pin: string): Promise<void>;
  /** `http://127.0.0.1:40123` */
  address: string;
  language: string;
  /** What stands in the Cookie header now. */
  cookies(): string;
}

/** @param address `http://127.0.0.1:40123` */
export function createVisitor(address: string, language = "ky"): Visitor {
  const jar = new Map<string, string>();
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const send = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = new Headers({ accept: "text/html", "accept-language": language, "sec-fetch-site": "same-origin" });
    if (jar.size > 0) headers.set("cookie", cookies());
    new Headers(init.headers).forEach((value, name) => {
      headers.set(name, value);
    });
    const response = await fetch(new URL(path, address), { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) keep(jar, cookie);
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, path, bytes, text: bytes.toString("utf8") };
  };
  const follow = async (first: Answer): Promise<Answer> => {
    let answer = first;
    for (let step = 0; answer.status >= 300 && answer.status < 400 && step < 10; step++) {
      answer = await send(answer.headers.get("location") ?? "/");
    }
    return answer;
  };
  const visitor: Visitor = {
    send,
    cookies,
    get: async (path, headers) => follow(await send(path, { headers })),
    post: async (path, fields = []) => follow(await send(path, { method: "POST", body: new URLSearchParams(fields) })),
    address,
    language,
    async signIn(pin) {
      await enter(visitor, pin);
    },
    async pickFromList(pin) {
      // The way of a browser: to the provider, from there to the page of ways, and back with a code.
      const page = await visitor.get(`/${language}/sign-in`);
      const answer = await visitor.post(page.path, { pin });
      if (answer.path !== `/${language}/cabinet`) throw new RangeError(`nobody could sign in with ${pin}: ${answer.status}`);
    },
  };
  return visitor;
}

function keep(jar: Map<string, string>, cookie: string): void {
  const [pair = "", ...attributes] = cookie.split(";").map((part) => part.trim());
  const [name = "", value = ""] = pair.split(/=(.*)/s);
  const gone = attributes.some((attribute) => /^(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute));
  if (gone || value === "") jar.delete(name);
  else jar.set(name, value);
}

/** The invented people of the sign-in page, in its order. */
export async function readDemoPeople(visitor: Visitor): Promise<{ pin: string; name: string }[]> {
  const { text } = await visitor.get("/ky/sign-in");
  return [...text.matchAll(/name="pin" value="(\d{14})".*?<b>([^<]+)<\/b>/gs)].map(([, pin = "", name = ""]) => ({ pin, name }));
}

/** Goes the whole way of a service that asks nothing it cannot fill in by itself; gives the path of the decided case. */
export async function applyForCertificate(
  visitor: Visitor,
  answers: Fields = { whose: "me", document_language: "ky" },
): Promise<string> {
  const form = await visitor.post("/ky/services/residence-certificate/start");
  const review = await visitor.post(form.path, answers);
  if (!review.path.endsWith("/review")) throw new RangeError(`no review after the form but ${review.path}:\n${review.text}`);
  const decided = await visitor.post(review.path.replace(/review$/, "submit"));
  if (decided.status !== 200) throw new RangeError(`the case was not decided: ${decided.status}`);
  return decided.path;
}

/** Paths of the PDFs a page links to. */
export function pdfLinks(page: Answer): string[] {
  return [...new Set([...page.text.matchAll(/href="(\/[a-z]{2}\/documents\/[^"?]+\.pdf)"/g)].map(([, path = ""]) => path))];
}
