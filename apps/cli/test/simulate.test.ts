/** What `kerege simulate` says of the services that are installed. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { addLocales, createTexts, type Language } from "@kerege/kernel/locale";
import type { Report } from "@kerege/process";
import { simulate } from "../simulate.ts";

const folder = mkdtempSync(path.join(tmpdir(), "kerege-simulate-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const rules = new URL("../../../packs/library-card/services/library-card/rules.yaml", import.meta.url);
const texts = createTexts();
addLocales(texts, "cli", new URL("../locales/", import.meta.url));

async function said(args: string[], language: Language = "en") {
  const [lines, complaints]: [string[], string[]] = [[], []];
  const code = await simulate(args, {
    language,
    say: (key, values) => texts.translate(language, `cli.${key}`, values),
    print: (line) => void lines.push(line),
    complain: (line) => void complaints.push(line),
  });
  return { code, text: lines.join("\n"), complaints: complaints.join("\n") };
}
const invented = ["--synthetic", "--cases", "2000", "--seed", "3"];

test("M-A18: a limit that is moved is told in tables, in every language, with what else may be moved", async () => {
  const moves = ["--move", "child-under-age.holds.1=P16Y", "--move", "registered.when.1=P16Y"];
  const { code, text } = await said(["residence-certificate", ...invented, ...moves]);
  assert.equal(code, 0);
  assert.match(text, /^Certificate of place of residence: residence-certificate\n2000 invented cases, seed 3\n/);
  assert.match(text, /\n\d+ of 2000 cases would come out differently \(\d(\.\d)? %\)\./);
  assert.match(text, /\n {2}16–17 +\d+ +\d+ +\d+/);
  assert.match(text, /--move child-under-age\.holds\.1=P16Y/);
  for (const language of ["ky", "ru", "kk"] as const)
    assert.doesNotMatch(
      (await said(["residence-certificate", ...invented, ...moves], language)).text,
      /(cli|process|services)\.[a-z]+[.-]/,
    );
});

test("the edition of a folder is compared with the installed one; as JSON for programs", async () => {
  writeFileSync(
    path.join(folder, "rules.yaml"),
    readFileSync(rules, "utf8").replace("card = null or card.valid_until < day", "card = null"),
  );
  const { code, text } = await said(["library-card", ...invented, "--to", folder, "--json"]);
  const { report } = JSON.parse(text) as { report: Report };
  assert.equal(code, 0);
  assert.ok(report.changed.least > 10);
  assert.equal(report.cases, 2000);
  writeFileSync(
    path.join(folder, "rules.yaml"),
    readFileSync(rules, "utf8").replace("card.valid_until < day", "card.valid_until < dey"),
  );
  const faulty = await said(["library-card", ...invented, "--to", folder]);
  assert.equal(faulty.code, 2);
  assert.match(faulty.complaints, /^rules: rules\.0\.holds {2}/);
});

test("what is no service, no place and no value is said", async () => {
  assert.match((await said(["no-such-service", ...invented])).complaints, /There is no service no-such-service.*library-card/);
  const place = await said(["library-card", ...invented, "--move", "no-card-yet.holds.9=3"]);
  assert.deepEqual([place.code, /nothing to be moved by the name/.test(place.complaints)], [2, true]);
  const injected = await said([
    "residence-certificate",
    ...invented,
    "--move",
    'child-under-age.holds.1=P1Y") or true or duration("P1Y',
  ]);
  assert.deepEqual([injected.code, /cannot stand here/.test(injected.complaints)], [2, true]);
  for (const args of [[], ["library-card", "--synthetic", "--cases", "none"], ["library-card", "--move", "nothing"]])
    assert.equal((await said(args)).code, 2, args.join(" "));
});
