import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { createServer } from "../../http.ts";
import { createTexts } from "../../locale.ts";
import { silentLog } from "../../log.ts";
import { assetUrls } from "../asset-urls.ts";
import { type Asset, compileAssets, publishAssets } from "../assets.ts";

const cacheFolder = mkdtempSync(path.join(tmpdir(), "kerege-assets-"));
after(() => rmSync(cacheFolder, { recursive: true, force: true }));
const assets = compileAssets({ cacheFolder });
const find = (list: Asset[], extension: string) => list.find(({ url }) => url.endsWith(extension))!;

for (const [extension, budget] of [
  [".css", 13 * 1024],
  [".js", 7 * 1024],
  [".svg", 1024],
] as const) {
  test(`the ${extension} of a page weighs at most ${budget} bytes on the wire`, () => {
    const { br } = find(assets, extension);
    assert.ok(br.length <= budget, `${br.length} bytes`);
  });
}

test("each packing holds the same file", () => {
  for (const { identity, br, gzip } of assets) {
    assert.ok(identity.length > 0);
    assert.ok(brotliDecompressSync(br).equals(identity));
    assert.ok(gunzipSync(gzip).equals(identity));
  }
});

test("a file is made once and then taken from the cache", () => {
  const before = readdirSync(cacheFolder).sort();
  assert.deepEqual(
    compileAssets({ cacheFolder }).map(({ url }) => url),
    assets.map(({ url }) => url),
  );
  assert.deepEqual(readdirSync(cacheFolder).sort(), before);
});

test("a cache that cannot be written costs time and nothing else", () => {
  const made = compileAssets({ cacheFolder: path.join(cacheFolder, readdirSync(cacheFolder)[0]!, "below-a-file") });
  assert.deepEqual(
    made.map(({ identity }) => identity),
    assets.map(({ identity }) => identity),
  );
});

test("a country's colours are laid over ours, under a name of their own", () => {
  const own = find(compileAssets({ cacheFolder, colours: { lapis: "#123456" } }), ".css");
  assert.notEqual(own.url, find(assets, ".css").url);
  assert.match(own.identity.toString(), /:root\{[^}]*--lapis:#123456[^}]*\}\s*$/);
});

test("the style and the script speak to no other site", () => {
  for (const { identity } of assets)
    assert.doesNotMatch(identity.toString().replaceAll("http://www.w3.org/2000/svg", ""), /https?:|@import|\/\/[a-z]/i);
});

test("files are served packed as the browser wishes, to be kept for ever", async () => {
  const app = await createServer({ log: silentLog, texts: createTexts(), languages: ["ky"] });
  publishAssets(app, assets);
  const { css, js, icon } = assetUrls();
  assert.deepEqual([css, js, icon].sort(), assets.map(({ url }) => url).sort());
  const get = (url: string, accepted?: string) =>
    app.inject({ method: "GET", url, headers: accepted === undefined ? {} : { "accept-encoding": accepted } });
  for (const asset of assets) {
    for (const [accepted, packing, bytes] of [
      ["gzip, deflate, br, zstd", "br", asset.br],
      ["gzip", "gzip", asset.gzip],
      ["identity", undefined, asset.identity],
      [undefined, undefined, asset.identity],
    ] as const) {
      const answer = await get(asset.url, accepted);
      assert.equal(answer.statusCode, 200);
      assert.equal(answer.headers["content-encoding"], packing);
      assert.equal(answer.headers["content-type"], asset.type);
      assert.match(String(answer.headers["cache-control"]), /immutable/);
      assert.equal(answer.headers.vary, "accept-encoding");
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
      assert.ok(answer.rawPayload.equals(bytes));
    }
  }
  assert.equal((await get(`${css}?v=1`)).statusCode, 200);
  assert.equal((await get("/assets/page-old.css")).statusCode, 404);
  assert.equal((await get("/assets/..%2fpage.css")).statusCode, 404);
  assert.equal((await get("/favicon.ico")).headers["content-type"], "image/svg+xml");
  await app.close();
});
