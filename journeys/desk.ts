/** Records at a desk: they are opened by numbers that are sent, since none stands in an address. And a watch over all addresses. */
import assert from "node:assert/strict";
import { type Page, type PageOptions, withPage } from "./browser.ts";
import type { Visitor } from "./visitor.ts";

/** The address of a record for the sitting of a visitor. */
export async function recordAt(visitor: Visitor, { register, key }: { register: string; key: string }): Promise<string> {
  const path = `/${visitor.language}/desk/registers/${register}/open`;
  const answer = await visitor.send(path, { method: "POST", body: new URLSearchParams({ key }) });
  assert.equal(answer.status, 303, answer.text);
  return answer.headers.get("location")!;
}

/** Opens a record from the page of its register, as an official does; gives its address, without the ground it is read under. */
export async function openRecord(page: Page, given: { desk: string; register: string; key: string }): Promise<string> {
  await page.goto(`${given.desk}/registers/${given.register}`);
  await page.fill("#open-key", given.key);
  await page.locator('form[action$="/open"] button').click();
  return page.url().split("?")[0]!;
}

/** The browser goes on as the visitor. */
export async function goOnAs(page: Page, visitor: Visitor): Promise<void> {
  const cookies = visitor.cookies().split("; ");
  await page.context().addCookies(
    cookies.map((pair) => {
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      return { name, value, url: visitor.address };
    }),
  );
}

/** What pages of a browser ask for, from now on. */
export interface Watch {
  /** A page of its own that is watched. */
  withPage(options: PageOptions, use: (page: Page) => Promise<void>): Promise<void>;
  over(page: Page): void;
  /** No address held a personal number or one of the words. */
  assertSilent(words: string[]): void;
}

export function watchAddresses(): Watch {
  const asked = new Set<string>();
  const over = (page: Page) => void page.on("request", (request) => void asked.add(request.url()));
  return {
    over,
    withPage: (options, use) =>
      withPage(options, async (page) => {
        over(page);
        await use(page);
      }),
    assertSilent(words) {
      assert.ok(asked.size > 10, `${asked.size} addresses were asked for`);
      for (const url of asked) {
        const address = decodeURIComponent(url);
        // Also as Base64, which hides nothing.
        const parts = address.split(/[/?&=#]/).map((part) => Buffer.from(part, "base64url").toString("utf8"));
        for (const text of [address, ...parts]) {
          assert.doesNotMatch(text, /(?<!\d)[12]\d{13}(?!\d)/, `a personal number in ${url}`);
          for (const word of words) assert.ok(!text.includes(word), `${word} in ${url}`);
        }
      }
    },
  };
}
