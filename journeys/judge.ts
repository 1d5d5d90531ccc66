/** Outside programs that judge the PDF of a person; one that is missing makes its test skipped, never passed. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./house.ts";

const packages: Record<string, string> = {
  pdfsig: "poppler-utils",
  pdftoppm: "poppler-utils",
  pdftotext: "poppler-utils",
  certutil: "libnss3-tools",
  zbarimg: "zbar-tools",
};

/** For the `skip` of a test: false when all are here, else which Debian packages bring them. */
export function missing(...programs: string[]): string | false {
  const absent = programs.filter((program) => spawnSync(program, ["--help"]).error);
  return absent.length === 0 ? false : `needs ${absent.map((program) => `${program} (package ${packages[program]})`).join(", ")}`;
}

export function run(program: string, ...args: string[]): { ok: boolean; said: string; complained: string } {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  return { ok: status === 0, said: stdout, complained: stderr };
}

/** What pdfsig says of a file when it trusts the root of the published anchors (the first certificate) and nothing else. */
export function pdfsig(file: string, anchors: string): string {
  const folder = temporaryFolder();
  const nss = join(folder, "nss");
  mkdirSync(nss);
  const [root = ""] = anchors.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/) ?? [];
  writeFileSync(join(folder, "root.pem"), root);
  run("certutil", "-N", "-d", `sql:${nss}`, "--empty-password");
  run("certutil", "-A", "-d", `sql:${nss}`, "-n", "root", "-t", "C,C,C", "-a", "-i", join(folder, "root.pem"));
  return run("pdfsig", "-nssdir", nss, "-no-ocsp", file).said;
}

/** Lines that pdfsig prints of a signature it accepts. */
export const accepted = ["Signature is Valid", "Certificate is Trusted", "Total document signed"];

/** The text of the QR code on the first page of a PDF, as the camera of a phone reads it. */
export function readCode(file: string): string {
  const picture = join(temporaryFolder(), "page");
  run("pdftoppm", "-r", "200", "-png", "-singlefile", file, picture);
  return run("zbarimg", "--raw", "-q", `${picture}.png`).said.trim();
}

/** Draws the first page of a PDF, as a viewer shows it; `picture` ends with .png. */
export function drawPage(file: string, picture: string): boolean {
  return run("pdftoppm", "-r", "80", "-png", "-singlefile", file, picture.replace(/\.png$/, "")).ok;
}

/** What stands on the pages, line by line, as a person reads it. */
export function readWords(file: string): string {
  return run("pdftotext", "-layout", file, "-").said;
}
