import type { Answer, Ask, Client } from "./load.ts";

const MOST_STEPS = 12;

/** Keeps the cookies of one person and goes where a browser would be led. */
function createPerson(client: Client) {
  const jar = new Map<string, string>();
  const ask = async (what: Ask): Promise<Answer> => {
    const answer = await client.ask({ ...what, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") });
    for (const cookie of [answer.headers["set-cookie"] ?? []].flat()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "" || /expires=Thu, 01 Jan 1970|Max-Age=0/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  return {
    jar,
    async go(what: Ask): Promise<{ path: string; answer: Answer }> {
      let path = what.path;
      let answer = await ask(what);
      for (let step = 0; answer.status === 303 && step < MOST_STEPS; step++) {
        path = String(answer.headers.location);
        answer = await ask({ path });
      }
      return { path, answer };
    },
  };
}

/** Numbers of invented people, as the sign-in page gives them: the demo people, or those a search finds. */
export async function pinsOf(client: Client, search = ""): Promise<string[]> {
  const { answer } = await createPerson(client).go({ path: `/ru/sign-in?q=${encodeURIComponent(search)}` });
  const page = answer.body.toString("utf8");
  return [...new Set([...page.matchAll(/name="pin" value="(\d{14})"/g)].map((match) => match[1]!))];
}

/** The whole way of a browser: to the provider, to the page of ways, and back with a code. Gives the cookie of the session. */
export async function signIn(client: Client, pin?: string): Promise<string> {
  const known = pin ?? (await pinsOf(client))[0];
  const person = createPerson(client);
  const { path } = await person.go({ path: "/ru/sign-in" });
  const { answer } = await person.go({ method: "POST", path, body: `pin=${known}` });
  if (answer.status !== 200 || !person.jar.has("session")) throw new RangeError(`nobody could sign in: ${answer.status}`);
  return `session=${person.jar.get("session")}`;
}
