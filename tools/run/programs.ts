import { spawn } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { noBrowser } from "@kerege/journeys/browser";

/** A program outside the project that some tests run, and the Debian package that has it. */
export type Program = { name: string; debian: string };

export const programs: Program[] = [
  { name: "pdfsig", debian: "poppler-utils" },
  { name: "openssl", debian: "openssl" },
  { name: "xmlsec1", debian: "xmlsec1" },
  { name: "qpdf", debian: "qpdf" },
  { name: "certutil", debian: "libnss3-tools" },
  { name: "zbarimg", debian: "zbar-tools" },
  { name: "oathtool", debian: "oathtool" },
  { name: "softhsm2-util", debian: "softhsm2" },
];

const browser: Program = { name: "chromium", debian: "chromium" };

type Say = (line: string) => void;

/** The programs of a list that are not on the path. */
export function missingPrograms(wanted: Program[], path = process.env.PATH ?? ""): Program[] {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  return wanted.filter(({ name }) => !folders.some((folder) => isExecutable(join(folder, name))));
}

/**
 * Says which programs are there and returns those that are not. On a machine of continuous integration (`CI=true`, root,
 * Debian) it first installs the missing ones; an installation that fails leaves the program missing, and the tests that
 * need it skip themselves and say so.
 */
export async function preparePrograms(say: Say, signal: AbortSignal): Promise<Program[]> {
  let missing = missingPrograms(programs);
  let withoutBrowser = await noBrowser();
  const wanted = withoutBrowser === false ? missing : [...missing, browser];
  if (wanted.length > 0 && mayInstall()) {
    await install(wanted, say, signal);
    missing = missingPrograms(programs);
    if (withoutBrowser !== false && missingPrograms([browser]).length === 0) withoutBrowser = false;
  }
  const absent = withoutBrowser === false ? missing : [...missing, browser];
  const found = [...programs, browser].filter((program) => !absent.includes(program));
  say(`  found: ${found.map(({ name }) => name).join(", ") || "none"}`);
  for (const { name, debian } of absent) say(`  missing: ${name} (Debian package ${debian}); tests that need it are skipped`);
  return absent;
}

function mayInstall(): boolean {
  return process.env.CI === "true" && process.getuid?.() === 0 && isDebian();
}

function isDebian(): boolean {
  try {
    return /^(ID|ID_LIKE)=.*debian/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

async function install(wanted: Program[], say: Say, signal: AbortSignal): Promise<void> {
  const names = wanted.map(({ debian }) => debian);
  say(`  installing ${names.join(", ")}`);
  if (!(await apt(["update", "-qq"], { say, signal }))) return;
  const options = ["install", "-y", "-qq", "--no-install-recommends"];
  if (await apt([...options, ...names], { say, signal })) return;
  // One that is not to be had must not keep the others away.
  if (names.length > 1) for (const name of names) await apt([...options, name], { say, signal });
}

function apt(parameters: string[], { say, signal }: { say: Say; signal: AbortSignal }): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn("apt-get", parameters, {
      signal,
      timeout: 240_000,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const answer = (reason: string | undefined) => {
      if (reason !== undefined) say(`  apt-get ${parameters.join(" ")}: ${reason}`);
      resolve(reason === undefined);
    };
    child.on("error", (error) => answer(error.message));
    child.on("close", (code) => answer(code === 0 ? undefined : (said.trim().split("\n").at(-1) ?? `ended with ${code}`)));
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
