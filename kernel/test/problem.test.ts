import assert from "node:assert/strict";
import { test } from "node:test";
import { problemBody } from "../http.ts";
import { languages } from "../locale.ts";
import { kernelProblem, kernelProblems, Problem, problemsOf } from "../problem.ts";
import { texts } from "./server.ts";

test("a block's problem carries its code, status, words and cause", () => {
  const problem = problemsOf("post", { "no-letter": { status: 404 } });
  const cause = new RangeError("x");
  const made = problem("no-letter", { params: { n: 1 }, fields: [{ pointer: "/id", key: "kernel.fields.wrong" }], cause });
  assert.ok(made instanceof Problem && made instanceof Error);
  assert.deepEqual(
    [made.code, made.status, made.params, made.fields[0]!.pointer, made.cause],
    ["post.no-letter", 404, { n: 1 }, "/id", cause],
  );
});

for (const name of Object.keys(kernelProblems) as (keyof typeof kernelProblems)[]) {
  test(`the problem ${name} has a title and a remedy in four languages`, () => {
    for (const language of languages) {
      const { title, detail, type } = problemBody(kernelProblem(name), language, texts);
      assert.equal(type, `/problems/kernel.${name}`);
      for (const said of [title, detail])
        assert.ok(typeof said === "string" && said !== "" && !said.includes("kernel."), `${language}: ${said}`);
    }
  });
}

test("the fields of a problem are told in the language asked, and left out where there are none", () => {
  const fields = [{ pointer: "/name", key: "kernel.fields.required" }];
  assert.deepEqual(problemBody(kernelProblem("invalid-input", { fields }), "kk", texts).fields, [
    { pointer: "/name", detail: "Мұны толтырыңыз" },
  ]);
  assert.equal("fields" in problemBody(kernelProblem("invalid-input"), "kk", texts), false);
});
