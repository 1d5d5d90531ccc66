import assert from "node:assert/strict";
import { test } from "node:test";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { renderPage, type Visit } from "@kerege/kernel/page";
import { kernelProblems } from "@kerege/kernel/problem";
import { groupProblems, ProblemMeaningPage, ProblemsPage } from "../pages/problems.tsx";

const texts = createTexts();
addLocales(texts, "portal", new URL("../locales/", import.meta.url));
addLocales(texts, "kernel", new URL("../../../kernel/locales/", import.meta.url));
const wordless = Object.fromEntries(languages.map((language) => [language, "Kerege"])) as Visit["country"]["name"];
const groups = groupProblems({ kernel: kernelProblems, portal: {}, trial: { "no-horse": { status: 409 } } });
for (const language of languages)
  texts.add("trial", language, {
    problems: { "no-horse": { title: "There is no {horse}", detail: "{count, plural, other {# sheep}} & more" } },
  });

function visitIn(language: Visit["language"], missing: string[] = []): Visit {
  return {
    language,
    t: (key, values) => {
      if (!texts.has(key)) missing.push(key);
      return texts.translate(language, key, values);
    },
    path: `/${language}/problems`,
    prefs: { size: "normal", contrast: "normal", images: "on", theme: "auto" },
    links: [],
    country: { name: wordless, portalName: wordless, demo: true, languages: [...languages] },
  };
}

test("problems stand by their block; a block that has none is left out", () => {
  assert.deepEqual(
    groups.map(({ block, problems }) => [block, problems.length]),
    [
      ["kernel", Object.keys(kernelProblems).length],
      ["trial", 1],
    ],
  );
});

for (const language of languages) {
  test(`every problem has its page in ${language}, with its title, meaning, code, status and what to do`, () => {
    const missing: string[] = [];
    const visit = visitIn(language, missing);
    for (const problem of groups[0]!.problems) {
      const html = renderPage(ProblemMeaningPage({ visit, problem }));
      const name = problem.code.replace("kernel.", "");
      assert.ok(html.includes(`<h1>${texts.translate(language, `kernel.problems.${name}.title`)}</h1>`), problem.code);
      // What a detail names of a real case stands open on the page.
      assert.ok(html.includes(texts.translate(language, `kernel.problems.${name}.detail`, { seconds: "…" })), problem.code);
      assert.match(html, new RegExp(`<dd>${problem.code.replace(".", "\\.")}</dd>`));
      assert.match(html, new RegExp(`<dd>${problem.status} [A-Z]`));
    }
    assert.deepEqual(missing, []);
  });

  test(`the index in ${language} leads to the page of each`, () => {
    const html = renderPage(ProblemsPage({ visit: visitIn(language), groups }));
    for (const { code } of groups.flatMap(({ problems }) => problems))
      assert.ok(html.includes(`href="/${language}/problems/${code}"`), code);
  });
}

test("what a text names only when it is told stands open, and a block without a name for people keeps its own", () => {
  const html = renderPage(ProblemMeaningPage({ visit: visitIn("en"), problem: groups[1]!.problems[0]! }));
  assert.match(html, /<h1>There is no …<\/h1><p class="lead">… sheep &amp; more<\/p>/);
  assert.match(html, /<dd>409 Conflict<\/dd>/);
  assert.match(html, /<dd>trial<\/dd>/);
});
