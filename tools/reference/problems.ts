import { houseProblems } from "@kerege/kernel/house";
import { kernelProblems, type ProblemTable } from "@kerege/kernel/problem";
import { house } from "@kerege/server/house";
import { parse } from "yaml";
import type { Tree } from "../walls/tree.ts";
import { plain, printed, table } from "./table.ts";

type Texts = { [key: string]: string | Texts };

/** Everything that is refused, with its text: over HTTP, of a document, by `kerege check`, at the start. */
export function problemsPage(tree: Tree): string {
  const blocks = house.map((block) => ({ name: block.name, problems: block.problems ?? {} }));
  const owners = [{ name: "kernel", problems: kernelProblems as ProblemTable }, ...blocks];
  const texts = new Map(owners.map(({ name }) => [name, localeOf(tree, name === "kernel" ? "kernel" : `blocks/${name}`)]));
  return [
    "# Problems",
    printed,
    "Every text stands in four languages; here in English. What a text fills in stands in braces.",
    "## Over HTTP",
    "A program gets `application/problem+json` (RFC 9457) with `code`, `status`, `title`, `detail` and, for a form, `fields`. A person gets a page. The `type` is `/problems/` and the code; that address is a page which says what it means and what to do. A code never changes its meaning.",
    table(
      ["code", "status", "title", "what it says"],
      owners.flatMap(({ name, problems }) =>
        Object.entries(problems).map(([problem, { status }]) => {
          const { title = "", detail = "" } = branch(texts.get(name), "problems", problem);
          return [`\`${name}.${problem}\``, String(status), say(title), say(detail)];
        }),
      ),
    ),
    "## When a start or a setting is refused",
    "These are raised before the server listens, so nobody gets them over HTTP.",
    table(
      ["code", "title", "what it says"],
      Object.keys(houseProblems).map((problem) => {
        const { title = "", detail = "" } = branch(texts.get("kernel"), "problems", problem);
        return [`\`kernel.${problem}\``, say(title), say(detail)];
      }),
    ),
    table(
      ["refusal", "what it says"],
      Object.entries(branch(localeOf(tree, "kernel/embedded"), "refusals")).map(([name, text]) => [`\`${name}\``, say(text)]),
    ),
    "## Of a document",
    "What the page of checking and `kerege verify` give as the reason, in brackets at the end.",
    table(
      ["reason", "what it says"],
      ["trust", "documents"].flatMap((name) =>
        Object.entries(branch(texts.get(name), "refusals")).map(([reason, text]) => [
          `\`${reason}\``,
          typeof text === "string" ? say(text) : `${say(text.title ?? "")}. ${say(text.detail ?? "")}`,
        ]),
      ),
    ),
    "## Of a declaration",
    "What `kerege check` finds in packs and countries.",
    table(
      ["fault", "what it says", "remedy"],
      owners.flatMap(({ name }) =>
        Object.keys(branch(texts.get(name), "faults")).map((fault) => {
          const { message = "", remedy = "" } = branch(texts.get(name), "faults", fault);
          return [`\`${name}.${fault}\``, say(message), say(remedy)];
        }),
      ),
    ),
  ]
    .join("\n\n")
    .concat("\n");
}

function localeOf(tree: Tree, folder: string): Texts {
  return (parse(tree.read(`${folder}/locales/en.yaml`) ?? "{}") as Texts | null) ?? {};
}

function branch(texts: Texts | undefined, ...path: string[]): Texts {
  let place: Texts = texts ?? {};
  for (const part of path) {
    const next = place[part];
    place = typeof next === "object" ? next : {};
  }
  return place;
}

function say(text: string | Texts): string {
  return typeof text === "string" ? plain(text) : "";
}
