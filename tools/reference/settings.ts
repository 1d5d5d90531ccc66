import { terminalSettings } from "@kerege/kernel/embedded";
import type { Setting, SettingTable } from "@kerege/kernel/settings";
import { house } from "@kerege/server/house";
import { addressSettings, placeSettings, proxySettings } from "@kerege/server/settings";
import type { Tree } from "../walls/tree.ts";
import { printed, table } from "./table.ts";

interface Variable {
  env: string;
  about: string;
  default: string;
}

/** Read by the server and the commands before there is a block to ask. */
const server: SettingTable = { ...addressSettings, ...proxySettings, ...placeSettings, ...terminalSettings };

/** Read by tests and measurements only. */
const workshop: Variable[] = [
  { env: "KEREGE_TEST_DATABASE", about: "A PostgreSQL for tests that runs already.", default: "one is started and thrown away" },
  { env: "KEREGE_CHROMIUM", about: "The browser for tests.", default: "the one that came with npm, else the system's" },
  { env: "KEREGE_SCREENSHOTS", about: "Where the tests in the browser keep pictures of pages.", default: "none are kept" },
  { env: "KEREGE_BETSY", about: "Folder with the suite betsy (uniba-dsg/betsy) to run again.", default: "its tests are skipped" },
  { env: "KEREGE_DMN_TCK", about: "Folder with the kit dmn-tck/tck to run again.", default: "its test is skipped" },
  { env: "KEREGE_MIWG", about: "Folder with bpmn-miwg/bpmn-miwg-test-suite to run again.", default: "its test is skipped" },
  { env: "CI", about: "With `true`, as root on Debian, `npm test` installs the outside programs first.", default: "no" },
];

/** Every environment variable that changes what the product does. */
export function settingsPage(_tree: Tree): string {
  const row = ({ env, about, default: fallback }: Variable) => [`\`${env}\``, about, fallback];
  const head = ["variable", "what it is", "when not given"];
  return [
    "# Settings",
    printed,
    "All settings are environment variables. A value that cannot be understood stops the start with a sentence that names the variable.",
    "## Server and commands",
    table(
      head,
      Object.values(server).map((setting) => [`\`${setting.env}\``, setting.about, fallbackOf(setting)]),
    ),
    "## Blocks",
    table(
      ["variable", "block", "what it is", "when not given"],
      [...ownersOf()].map(([setting, blocks]) => [`\`${setting.env}\``, blocks.join(", "), setting.about, fallbackOf(setting)]),
    ),
    "What the installation is (languages, time zone, packs, colours, number of invented people) is no setting: it stands in `countries/<name>/country.yaml`.",
    "## Tests and measurements",
    table(head, workshop.map(row)),
  ]
    .join("\n\n")
    .concat("\n");
}

/** Each setting with the blocks that read it, in the order of the house. */
function ownersOf(): Map<Setting, string[]> {
  const owners = new Map<Setting, string[]>();
  for (const block of house)
    for (const setting of Object.values((block.settings ?? {}) as SettingTable))
      owners.set(setting, [...(owners.get(setting) ?? []), block.name]);
  return owners;
}

function fallbackOf({ otherwise, secret, default: value }: Setting): string {
  if (otherwise !== undefined) return otherwise;
  if (secret) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
