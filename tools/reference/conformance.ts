import type { Tree } from "../walls/tree.ts";
import { printed, table } from "./table.ts";

const PACKAGES: Record<string, string> = {
  pdfsig: "poppler-utils",
  pdffonts: "poppler-utils",
  pdfinfo: "poppler-utils",
  pdftotext: "poppler-utils",
  pdftoppm: "poppler-utils",
  qpdf: "qpdf",
  openssl: "openssl",
  certutil: "libnss3-tools",
  xmlsec1: "xmlsec1",
  zip: "zip",
  unzip: "unzip",
  zbarimg: "zbar-tools",
};

interface Judged {
  file: string;
  title: string;
  programs: string[];
}

/** Which tests ask a program that is no part of the project, and which program. */
export function conformancePage(tree: Tree): string {
  const judged = tree.files.filter((file) => /^(?!tools\/).*\.test\.tsx?$/.test(file)).flatMap((file) => judgedIn(tree, file));
  return [
    "# Conformance",
    printed,
    "What we write is read by programs that are not ours. A test whose program is missing is skipped and says so; it never counts as passed. `npm test` names the programs it found and the Debian packages of those it did not.",
    table(
      ["program", "Debian package", "what it has to accept", "test"],
      judged.map(({ file, title, programs }) => [
        programs.join(", "),
        [...new Set(programs.map((program) => PACKAGES[program] ?? program))].join(", "),
        title,
        `\`${file}\``,
      ]),
    ),
    "## Second readers from npm",
    table(
      ["library", "what it judges", "test"],
      [
        ["feelin", "random FEEL expressions give the same value as ours, where feelin is right", "feelin"],
        ["axe-core", "pages have no accessibility violations, in a real browser", "axe-core"],
        ["jose", "signatures and tokens in JSON are good, and changed ones are not", "jose"],
      ].flatMap(([name = "", about = "", needle = ""]) =>
        tree.files
          .filter(
            (file) => /^(journeys|kernel|blocks)\//.test(file) && new RegExp(`["'/]${needle}["'/]`).test(tree.read(file) ?? ""),
          )
          .filter((file) => /\.tsx?$/.test(file))
          .map((file) => [name, about, `\`${file}\``]),
      ),
    ),
    "## Suites of others",
    "Checked out when wanted and never part of the project; what they said last is kept in `conformance/results/`, written by `conformance/main.ts`.",
    ...tree.files
      .filter((file) => /^conformance\/results\/[a-z-]+\.json$/.test(file))
      .sort()
      .flatMap((file) => suiteIn(JSON.parse(tree.read(file) ?? "{}") as Suite)),
    "## Not checked by anyone outside yet",
    "PDF/A-3a and PDF/UA (no validator has been run); the unsigned headers of JAdES, archive time stamps inside CMS and XML, and ASiC-E as a whole (xmlsec1 and unzip read its parts).",
  ]
    .join("\n\n")
    .concat("\n");
}

interface Suite {
  suite: string;
  about: string;
  source: string;
  licence: string;
  head: string[];
  rows: string[][];
  misses: { case: string; expected: string; got: string; why: string }[];
}

/** What a suite said: how many cases of how many, and why each of the others comes out otherwise. */
function suiteIn({ suite, about, source, licence, head, rows, misses }: Suite): string[] {
  const [repository = "", commit = ""] = source.split(" ");
  return [
    `### ${suite}`,
    `${about} Source: [${repository}](https://github.com/${repository}), commit \`${commit.slice(0, 12)}\`, ${licence}.`,
    table(head, rows),
    ...(misses.length > 0
      ? [
          table(
            ["case", "expected", "got", "why"],
            misses.map((miss) => [miss.case, miss.expected, miss.got, miss.why]),
          ),
        ]
      : []),
  ];
}

/** Tests that skip themselves where a program is missing. */
function judgedIn(tree: Tree, file: string): Judged[] {
  const text = tree.read(file) ?? "";
  if (!/\bmissing\(/.test(text)) return [];
  const shared = programsOf(/const skip = [^;]*?(missing\([^;]*)/.exec(text)?.[1] ?? "");
  return [...text.matchAll(/\btest\(\s*("(?:[^"\\]|\\.)*"|`[^`]*`),\s*\{([^}]*)\}/g)].flatMap((match) => {
    const options = match[2]!;
    const programs = options.includes("missing(") ? programsOf(options) : /\bskip\b(?!:)/.test(options) ? shared : [];
    const title = match[1]!
      .slice(1, -1)
      .replace(/^(?:M-[0-9A-Z.]+,? ?)+: /, "")
      .replaceAll(/\$\{[^}]*\}/g, "…");
    return programs.length > 0 ? [{ file, title, programs }] : [];
  });
}

/** `missing("pdfsig", "certutil")` and `missing(["qpdf", "qpdf"])`, where the second word is the package. */
function programsOf(text: string): string[] {
  const call = text.slice(Math.max(0, text.indexOf("missing(")));
  const pairs = [...call.matchAll(/\["([a-z0-9]+)", "[a-z0-9-]+"\]/g)].map((match) => match[1]!);
  return pairs.length > 0 ? pairs : [...call.matchAll(/"([a-z0-9]+)"/g)].map((match) => match[1]!);
}
