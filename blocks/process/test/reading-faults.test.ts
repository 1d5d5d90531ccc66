import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import type { Bindings } from "../reading/read.ts";
import { around, END, faultsOf, file, flows, gate, START, said, task } from "./reading-files.ts";
import { REFUSED } from "./reading-refused.ts";

const ACCEPTED: readonly { readonly title: string; readonly xml: string; readonly bindings?: Partial<Bindings> }[] = [
  {
    title: "complementary conditions need no default",
    xml: file(
      `${START}${gate("exclusive", "g")}${END}<endEvent id="e2"/>${flows(`s g, g e: kind = "new", g e2: kind != "new"`)}`,
    ),
    bindings: { variables: { kind: "string" } },
  },
  {
    title: "parallel ways may end at one end",
    xml: file(`${START}${gate("parallel", "g")}${task("a")}${task("b")}${END}${flows("s g, g a, g b, a e, b e")}`),
  },
  {
    title: "a return to an earlier step of a person",
    xml: file(
      `${START}${gate("exclusive", "m")}${task("t")}${gate("exclusive", "g", `default="f5"`)}${END}${flows("s m, m t, t g, g m: again, g e")}`,
    ),
    bindings: { variables: { again: "boolean" } },
  },
  {
    title: "a choice whose other way comes later may be joined by all",
    xml: file(
      `${START}${gate("exclusive", "m")}${task("t")}${gate("exclusive", "g", `default="f5"`)}${gate("parallel", "back")}${gate("parallel", "j")}${END}${flows("s m, m t, t g, g j: again, g back, back m, back j, j e")}`,
    ),
    bindings: { variables: { again: "boolean" } },
  },
  {
    title: "extensions of other tools are passed over",
    xml: around(
      `<userTask id="t" kerege:role="r" camunda:assignee="x"><extensionElements><camunda:formData xmlns:camunda="urn:c"/></extensionElements></userTask>`,
    ).replace("<definitions", `<definitions xmlns:camunda="urn:c"`),
  },
];

describe("M-A18: what cannot be carried out is refused with its place", () => {
  for (const { title, xml, expected, bindings } of REFUSED) test(title, () => assert.deepEqual(said(xml, bindings), expected));
});

describe("what is sound is read", () => {
  for (const { title, xml, bindings } of ACCEPTED) test(title, () => assert.deepEqual(faultsOf(xml, bindings), []));
});

test("a fault of FEEL says where in the expression", () => {
  const [fault] = faultsOf(around(`<scriptTask id="t"><script>1 +\n  nobody</script></scriptTask>`));
  assert.deepEqual([fault?.code, fault?.params.row, fault?.params.character], ["feel", 2, 3]);
});

test("all faults of a file are told at once, in the order of the file", () => {
  const xml = file(
    `${START}\n<userTask id="t"/>\n<serviceTask id="u"/>\n<boundaryEvent id="b" attachedToRef="t"/>${END}${flows("s t, t u, u e, b e")}`,
  );
  assert.deepEqual(said(xml), ["5 no-role t", "6 unsaid u", "7 unsaid b"]);
});

test("a fault within a step does not hide what is wrong with the way", () => {
  const xml = file(
    `${START}\n${gate("exclusive", "g")}\n${task("u")}\n${task("x")}<scriptTask id="t"><script>1 +</script></scriptTask>${END}${flows("s g, g t: 1 +, g u: true = null, t e, u e")}`,
  );
  assert.deepEqual(said(xml), ["5 no-default g", "7 unreachable x", "7 feel t", "8 feel f2"]);
});

test("thousands of faults are told as readily as one", () => {
  const ids = Array.from({ length: 3000 }, (_, index) => `<userTask id="t${index}"/>`);
  assert.equal(faultsOf(file(`${START}${ids.join("\n")}`)).filter(({ code }) => code === "no-role").length, 3000);
});

test("a file of 10,000 lines and a long row of steps are read in one go", () => {
  const ids = Array.from({ length: 2400 }, (_, index) => `t${index}`);
  const row = ["s", ...ids, "e"];
  const xml = file(
    `${START}${END}${ids.map(task).join("\n")}${flows(
      row
        .slice(1)
        .map((id, index) => `${row[index]} ${id}`)
        .join(","),
    )}`,
  );
  assert.deepEqual(faultsOf(xml), []);
});

test("each code has its message and remedy in four languages, and no text is left over", () => {
  const texts = createTexts();
  addLocales(texts, "process", new URL("../locales/", import.meta.url));
  const folder = new URL("../reading/", import.meta.url);
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(new URL(name, folder), "utf8"))
    .join("\n");
  for (const language of languages) {
    const codes = new Set(texts.keys(language).flatMap((key) => /^process\.reading\.([a-z-]+)\.message$/.exec(key)?.[1] ?? []));
    for (const { xml, bindings } of REFUSED) {
      for (const { code, params } of faultsOf(xml, bindings)) {
        for (const part of ["message", "remedy"]) {
          const text = texts.translate(language, `process.reading.${code}.${part}`, params);
          assert.doesNotMatch(text, /process\.reading|\{/, `${language} ${code}`);
        }
      }
    }
    for (const code of codes) assert.ok(sources.includes(`"${code}"`), `${code} is told by nobody`);
  }
});
