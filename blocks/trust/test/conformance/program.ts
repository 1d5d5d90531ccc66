/** Outside programs that judge what we make. One that is missing makes its tests skipped, never passed. */
import { execFile, spawnSync } from "node:child_process";

const PACKAGES: Record<string, string> = {
  openssl: "openssl",
  pdfsig: "poppler-utils",
  qpdf: "qpdf",
  certutil: "libnss3-tools",
  go: "golang-go",
  "softhsm2-util": "softhsm2",
  xmlsec1: "xmlsec1",
};

/** For the `skip` of a test: false when all programs are here, else which Debian packages bring them. */
export function missing(...programs: string[]): string | false {
  const absent = programs.filter((program) => spawnSync(program, ["--version"]).error);
  return absent.length === 0 ? false : `needs ${absent.map((program) => `${program} (package ${PACKAGES[program]})`).join(", ")}`;
}

export function run(program: string, ...args: string[]): { ok: boolean; said: string } {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  return { ok: status === 0, said: `${stdout}${stderr}` };
}

/** For programs that ask a server of this very process. */
export function runAsync(program: string, ...args: string[]): Promise<{ ok: boolean; said: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 60_000, env: { ...process.env, LC_ALL: "C.UTF-8" } }, (fault, stdout, stderr) =>
      resolve({ ok: fault === null, said: `${stdout}${stderr}` }),
    );
  });
}
