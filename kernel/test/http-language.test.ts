import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Language } from "../locale.ts";
import { assertProblem, openTestServer } from "./server.ts";

let server: Awaited<ReturnType<typeof openTestServer>>;
before(async () => {
  server = await openTestServer();
});
after(() => server.app.close());

const asked: [string, Language, Record<string, string>][] = [
  ["/nowhere", "ky", {}],
  ["/ru/nowhere", "ru", {}],
  ["/kk/nowhere", "kk", { "accept-language": "en" }],
  ["/en?q=%ff", "en", { "accept-language": "kk" }],
  ["/xx/nowhere", "ky", {}],
  ["/xx/nowhere", "kk", { "accept-language": "kk-KZ,ru;q=0.9,en;q=0.8" }],
  ["/nowhere", "ru", { "accept-language": "en;q=0.1, ru ;q=0.7,de" }],
  ["/nowhere", "ky", { "accept-language": "en;q=0, de, *" }],
  ["/nowhere", "ky", { "accept-language": "enm, kkj, ;;q=,,q" }],
  ["/nowhere", "en", { "accept-language": "EN-gb" }],
  ["/nowhere", "ru", { cookie: "language=ru", "accept-language": "en" }],
  ["/nowhere", "en", { cookie: "language=de", "accept-language": "en" }],
  ["/item/%zz", "kk", { "accept-language": "kk" }],
  ["/en/%zz", "en", {}],
];

for (const [url, language, headers] of asked) {
  test(`a problem at ${url} with ${JSON.stringify(headers)} is told in ${language}`, async () => {
    const answer = await server.app.inject({ method: "GET", url, headers });
    assert.equal(answer.headers["content-language"], language);
    const { code, status } = answer.json() as { code: string; status: number };
    assertProblem(answer, { code, status, language });
  });
}
