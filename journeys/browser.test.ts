import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type AxeOutcome, axe, noBrowser, overflow, readFaults, screenshot, withPage } from "./browser.ts";

const skip = await noBrowser();

async function serve(body: string, use: (address: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.setHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'");
    const language = request.headers["accept-language"] ?? "";
    response.end(
      `<!doctype html><html lang="ky"><head><meta name="viewport" content="width=device-width"><title>Сыноо</title></head><body><main><h1>Сыноо</h1><p id="language">${language}</p>${body}</main></body></html>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("a sound page under a strict content policy has no faults, with scripts and without", { skip }, async () => {
  const body = '<p>Өкмөт үйү</p><noscript><p id="plain">Скриптсиз</p></noscript>';
  await serve(body, async (address) => {
    for (const javascript of [true, false]) {
      await withPage({ javascript, width: 320 }, async (page) => {
        await page.goto(address);
        assert.deepEqual(await axe(page), []);
        assert.equal(await overflow(page), 0);
        assert.equal(await page.locator("#plain").count(), javascript ? 0 : 1);
      });
    }
  });
});

test("a missing label, a pale text and a text over a picture are all found", { skip }, async () => {
  const body = `<input type="text"><p style="color:#999;background:#fff">бозомук</p>
    <p style="background-image:linear-gradient(#fff,#000);color:#777">сүрөт үстүндө</p>`;
  await serve(body, async (address) => {
    await withPage({}, async (page) => {
      await page.goto(address);
      const faults = await axe(page);
      assert.ok(faults.some((fault) => fault.rule === "label"));
      assert.equal(faults.filter((fault) => fault.rule === "color-contrast").length, 2);
      assert.ok(faults.some((fault) => fault.why.startsWith("contrast not decided")));
    });
  });
});

test("an undecided contrast counts unless a sufficient ratio was computed", () => {
  const outcome = (contrastRatio: number): AxeOutcome => ({
    violations: [],
    incomplete: [
      {
        id: "color-contrast",
        nodes: [{ target: ["b"], any: [{ data: { contrastRatio, expectedContrastRatio: "4.5:1" }, message: "short" }] }],
      },
    ],
  });
  assert.equal(readFaults(outcome(4.4)).length, 1);
  assert.equal(readFaults(outcome(4.5)).length, 0);
});

test("overflow says by how many pixels a page is too wide", { skip }, async () => {
  await serve('<div style="width:400px;margin:0">кең</div><style>body{margin:0}</style>', async (address) => {
    await withPage({ width: 320 }, async (page) => {
      await page.goto(address);
      assert.equal(await overflow(page), 80);
    });
  });
});

test("pages ask for their language and share no cookies", { skip }, async () => {
  await serve("", async (address) => {
    await withPage({ language: "kk" }, async (page) => {
      await page.goto(address);
      assert.match((await page.textContent("#language")) ?? "", /^kk-KZ/);
      await page.context().addCookies([{ name: "seen", value: "1", url: address }]);
    });
    await withPage({ language: "ru" }, async (page) => {
      await page.goto(address);
      assert.match((await page.textContent("#language")) ?? "", /^ru-RU/);
      assert.deepEqual(await page.context().cookies(), []);
    });
  });
});

test("every letter of the four languages has a shape of its own", { skip }, async () => {
  await withPage({}, async (page) => {
    await page.setContent("<canvas width=60 height=60></canvas>");
    const shapes = await page.evaluate<string[]>(`[..."ңөүәғқұһіҢӨҮӘҒҚҰҺІ\\u0378"].map((letter) => {
      const canvas = document.querySelector("canvas");
      const pen = canvas.getContext("2d");
      pen.clearRect(0, 0, 60, 60);
      pen.font = "40px sans-serif";
      pen.fillText(letter, 5, 45);
      return canvas.toDataURL();
    })`);
    const missing = shapes.at(-1);
    assert.equal(shapes.filter((shape) => shape === missing).length, 1, "a letter is drawn as the box of a missing one");
  });
});

test("a picture lands outside the clone unless asked for, and a name with a path is refused", { skip }, async (t) => {
  const wanted = process.env.KEREGE_SCREENSHOTS;
  delete process.env.KEREGE_SCREENSHOTS;
  t.after(() => {
    if (wanted !== undefined) process.env.KEREGE_SCREENSHOTS = wanted;
  });
  await withPage({ width: 320, height: 200 }, async (page) => {
    await page.setContent("<p>сүрөт</p>");
    const path = await screenshot(page, "browser-test");
    assert.ok(!path.includes("docs/screenshots"));
    rmSync(path);
    await assert.rejects(screenshot(page, "../browser-test"), RangeError);
  });
});
