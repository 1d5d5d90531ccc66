/** Pages name mail and phones only as far as messages are carried there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPlace, type Place } from "./place.ts";

/** Words that speak of messages to a phone; a phone with an app on it is another thing. */
const PHONE: Record<string, RegExp> = {
  en: /mail or (?:a )?phone|address or a phone|\+996/,
  ru: /почт[аеу] или телефон|\+996/,
  ky: /почт[а-я]* же телефон|\+996/i,
  kk: /пошт[а-яқғңөұүһі]* немесе телефон|\+996/i,
};
const MAIL: Record<string, RegExp> = { en: /\bmail\b/i, ru: /почт/i, ky: /почта/i, kk: /пошта/i };
const PAGES = ["/register", "/recover", "/level", "/sign-in/again"];

async function pagesOf(place: Place, language: string): Promise<string> {
  const answers = await Promise.all(PAGES.map((page) => place.browser().get(`/${language}${page}`)));
  const missing = await place.browser().post(`/${language}/recover`, { identifier: " " });
  // The language switch and the head of the page say nothing of it.
  return [...answers, missing].map(({ text }) => text.replace(/<head>.*?<\/head>/s, "")).join("\n");
}

test("M-A4: where mail alone is carried no page promises a message to a phone; where nothing is, none promises mail", async () => {
  const mailOnly = await openPlace({ demo: false, env: { KEREGE_SMTP: "smtps://portal:x@mail.example" } });
  const nothing = await openPlace({ demo: false });
  const demo = await openPlace();
  try {
    for (const language of Object.keys(PHONE)) {
      const said = await pagesOf(mailOnly, language);
      assert.doesNotMatch(said, PHONE[language]!, language);
      assert.match(said, MAIL[language]!, language);
      const bare = await pagesOf(nothing, language);
      assert.doesNotMatch(bare, PHONE[language]!, language);
      assert.doesNotMatch(bare, MAIL[language]!, language);
      assert.match(await pagesOf(demo, language), PHONE[language]!, "a demo country shows both on a page");
    }
  } finally {
    await Promise.all([mailOnly.close(), nothing.close(), demo.close()]);
  }
});
