import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, type Look, tokensOf } from "./tokens.ts";

const texts = ["ink", "muted", "lapis", "lapis-dark", "felt", "steppe"];
const grounds = ["snow", "straw", "mist", "lapis-light", "felt-light", "steppe-light"];
/** What stands on a ground of its own: buttons, the mark of the focus. */
const pairs: [string, string][] = [
  ["on-lapis", "lapis"],
  ["on-lapis", "lapis-dark"],
  ["snow", "felt"],
  ["focus-ink", "focus"],
];

test("the measure of contrast is that of WCAG", () => {
  assert.equal(contrast("#000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#777"), 1);
  assert.equal(contrast("#767676", "#fff").toFixed(2), "4.54");
});

for (const look of ["light", "dark", "device-dark", "high-contrast"] satisfies Look[]) {
  const tokens = tokensOf(look);
  const ratio = (one: string, other: string) => contrast(tokens.get(one)!, tokens.get(other)!);

  test(`the ${look} page names every colour`, () => {
    for (const name of [...texts, ...grounds, ...pairs.flat(), "edge"])
      assert.match(tokens.get(name) ?? "", /^#([0-9a-f]{3}|[0-9a-f]{6})$/, name);
  });

  test(`every text of the ${look} page stands out from every ground by 4.5 to 1`, () => {
    for (const text of texts) for (const ground of grounds) assertRatio(ratio(text, ground), 4.5, `${text} on ${ground}`);
    for (const [text, ground] of pairs) assertRatio(ratio(text, ground), 4.5, `${text} on ${ground}`);
  });

  test(`the edges of fields on the ${look} page stand out by 3 to 1`, () => {
    for (const ground of grounds) assertRatio(ratio("edge", ground), 3, `edge on ${ground}`);
  });

  test(`the two rings of the focus on the ${look} page stand out from each other and from every ground by 3 to 1`, () => {
    assertRatio(ratio("focus", "focus-ink"), 3, "focus on focus-ink");
    // WCAG 2.2, technique C40: of two colours one stands out wherever they are laid.
    for (const ground of [...grounds, "lapis", "felt"])
      assertRatio(Math.max(ratio("focus", ground), ratio("focus-ink", ground)), 3, `focus on ${ground}`);
  });
}

test("the page that is dark by the device's wish is the dark page", () => {
  assert.deepEqual(tokensOf("device-dark"), tokensOf("dark"));
});

function assertRatio(found: number, least: number, what: string): void {
  assert.ok(found >= least, `${what}: ${found.toFixed(2)}`);
}
