import { parse } from "yaml";
import type { Tree } from "../walls/tree.ts";
import { printed, table } from "./table.ts";

/** What runs for each word given to the launcher, and what it says about itself. */
export function commandsPage(tree: Tree): string {
  const { commands } = parse(tree.read("apps/cli/locales/en.yaml") ?? "{}") as { commands: Record<string, string> };
  const { scripts } = JSON.parse(tree.read("package.json") ?? "{}") as { scripts: Record<string, string> };
  const launched = launcherCommands(tree.read("launch.mjs") ?? "");
  return [
    "# Commands",
    printed,
    "`npm run` and `node launch.mjs` start the same launcher: it installs what is missing, finds a Node 24 and hands over. Words that begin with two dashes need `--` between them and npm: `npm run kerege -- people --count 10000`.",
    "## npm",
    table(
      ["command", "runs", "what it does"],
      Object.keys(scripts).map((script) => [
        `\`npm ${script === "start" || script === "test" ? script : `run ${script}`}\``,
        `\`${launched.get(script)?.[0] ?? ""}\``,
        sentence(describe(tree, script, launched.get(script) ?? [])),
      ]),
    ),
    "## kerege",
    "With `npm run kerege -- COMMAND` or `node launch.mjs COMMAND`.",
    table(
      ["command", "what it does"],
      Object.values(commands).map((line) => {
        const [, form = line, about = ""] = /^(.+?)\s{3,}(.+)$/.exec(line) ?? [];
        return [`\`kerege ${form}\``, sentence(about)];
      }),
    ),
    "Exit codes: 0 done; 1 faults were found, a document is not genuine or the work was refused with a sentence; 2 the command was called wrongly. `npm test` ends with 124 at its time limit.",
  ]
    .join("\n\n")
    .concat("\n");
}

/** The table of the launcher: word to file and first words. Names that stand for a file are put in. */
export function launcherCommands(text: string): Map<string, string[]> {
  const files = new Map([...text.matchAll(/^const (\w+) = "([^"]+\.ts)";$/gm)].map((match) => [match[1]!, match[2]!]));
  const body = /^const commands = \{$([\s\S]*?)^\};$/m.exec(text)?.[1] ?? "";
  return new Map(
    [...body.matchAll(/^\s+(\w+): \[(.+)\],$/gm)].map((match) => [
      match[1]!,
      match[2]!.split(", ").map((word) => files.get(word) ?? word.replaceAll('"', "")),
    ]),
  );
}

/** The comment in a command's file that begins with its call, else what the command line says of it. */
function describe(tree: Tree, script: string, [file = "", word]: string[]): string {
  if (script === "start") return "Starts the state of the country and prints its address. Ctrl-C stops it.";
  const text = tree.read(file) ?? "";
  const comment = new RegExp(`\`(?:npm (?:run )?|kerege )${script}\\b[^\`]*\`: ([\\s\\S]*?)(?:\\*/|\\n \\*\\n)`).exec(text)?.[1];
  if (comment) return comment.replaceAll(/\n\s*\*\s?/g, " ");
  if (file.startsWith("apps/cli/")) {
    const own = tree.read(file.replace("main.ts", `${word ?? "main"}.ts`)) ?? "";
    const about = /\/\*\* `kerege [^`]*`: ([\s\S]*?)\*\//.exec(own)?.[1];
    return (about ?? "What an operator or a designer of services does from the terminal; see below.").replaceAll(
      /\n\s*\*\s?/g,
      " ",
    );
  }
  return "";
}

function sentence(text: string): string {
  const said = text.trim();
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? "" : "."}`;
}
