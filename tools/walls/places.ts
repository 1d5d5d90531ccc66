import { lineAt, type Offence, type Tree } from "./tree.ts";

type Rule = { pattern: RegExp; reason: string; remedy: string };

// Spelled in pieces so that this file does not find itself.
const rules: Rule[] = [
  {
    pattern: new RegExp(
      "(?<![\\w.@-])/(?:" +
        ["wo" + "rk/", "ho" + "me/[a-z]", "Us" + "ers/[A-Za-z]", "ro" + "ot/[.a-z]", "fa" + "rm/", "tm" + "p/bash_jobs"].join(
          "|",
        ) +
        ")",
      "g",
    ),
    reason: "a path of one machine",
    remedy: "a path from the root of the project, or from import.meta.url",
  },
  {
    pattern: new RegExp(
      [
        "regis" + "try\\.npmjs\\.org",
        "regis" + "try\\.yarnpkg\\.com",
        "npm" + "mirror\\.com",
        "deb\\.deb" + "ian\\.org",
        "security\\.deb" + "ian\\.org",
        "pypi" + "\\.org",
      ].join("|"),
      "g",
    ),
    reason: "the host of a package registry",
    remedy: "leave it to the machine's own settings of npm or apt",
  },
];

// The lock says where npm found a package only if its settings say so; the project's own do not.
const binary = /\.(png|jpe?g|webp|ico|pdf|woff2?|ttf|otf|gz|br|zip|parquet|p12|der|crt)$/;

/** Nothing tracked knows the machine it was written on, or where that machine gets its packages. */
export function machinePlaces(tree: Tree): Offence[] {
  const offences: Offence[] = [];
  for (const file of tree.files.filter((path) => !binary.test(path))) {
    const text = tree.read(file);
    if (text === undefined || text.length > 4_000_000) continue;
    for (const { pattern, reason, remedy } of rules) {
      for (const match of text.matchAll(pattern)) {
        offences.push({ file, line: lineAt(text, match.index), wall: "place", reason: `${reason} (${match[0]})`, remedy });
      }
    }
  }
  return offences;
}

type Lock = { packages?: Record<string, Sections & { resolved?: string }> };
type Sections = Record<string, Record<string, string> | undefined>;

const sections = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/** The lock agrees with every manifest, or `npm ci` in a fresh clone refuses. */
export function lockAgrees(tree: Tree): Offence[] {
  const text = tree.read("package-lock.json");
  if (text === undefined) return [];
  const lock = JSON.parse(text) as Lock;
  const offences: Offence[] = [];
  for (const manifest of tree.files.filter((path) => /(^|\/)package\.json$/.test(path))) {
    const folder = manifest === "package.json" ? "" : manifest.slice(0, -"/package.json".length);
    const declared = JSON.parse(tree.read(manifest) ?? "{}") as Sections;
    const locked = lock.packages?.[folder] as Sections | undefined;
    const differs = sections.filter((section) => written(declared[section]) !== written(locked?.[section]));
    if (differs.length === 0) continue;
    offences.push({
      file: manifest,
      wall: "lock",
      reason: locked ? `package-lock.json knows other ${differs.join(", ")}` : "package-lock.json does not know this package",
      remedy: "run npm install and keep the lock with the change",
    });
  }
  return offences;
}

function written(section: Record<string, string> | undefined): string {
  return JSON.stringify(Object.entries(section ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}
